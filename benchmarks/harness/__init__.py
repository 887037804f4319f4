"""What every benchmark row needs: contestants, equality, clocks, tables."""
