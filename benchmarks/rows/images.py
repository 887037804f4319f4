"""Convolutional networks: a step of training each, and LeNet-5's prediction."""

from harness.families import inference, training

SMALL = "LeNet, 1 channel, 5x5"
LARGE = "3x3 convolution"


def lenet():
    import nnmods as nn

    return nn.Sequential(
        nn.SpatialConvolution(1, 6, kernel_size=5, padding=2),
        nn.Tanh(),
        nn.SpatialMaxPooling(2, 2, 2, 2),
        nn.SpatialConvolution(6, 16, kernel_size=5),
        nn.Tanh(),
        nn.SpatialMaxPooling(2, 2, 2, 2),
        nn.Flatten(),
        nn.Linear(16 * 5 * 5, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


def conv3x3(n_in, n_out, stride=1, bias=True):
    import nnmods as nn

    return nn.SpatialConvolution(
        n_in, n_out, kernel_size=3, stride=stride, padding=1, bias=bias
    )


def relu():
    import nnmods as nn

    return nn.ReLU(grad_at_zero=0)


def plain(channels):
    """Three convolutions, as in the middle of a network; scores by pixel means."""

    def build():
        import nnmods as nn

        net = nn.Sequential()
        for _ in range(3):
            net.extend(conv3x3(channels, channels), relu())
        return net.extend(nn.SpatialAdaptiveAveragePooling(1, 1), nn.Flatten())

    return build


def vgg():
    import nnmods as nn

    net, n_in = nn.Sequential(), 3
    for width in (64, 128, 256):
        net.extend(conv3x3(n_in, width), relu(), conv3x3(width, width), relu())
        net.add(nn.SpatialMaxPooling(2, 2, 2, 2))
        n_in = width
    return net.extend(nn.Flatten(), nn.Linear(256 * 4 * 4, 10))


def resnet20():
    """He et al., "Deep residual learning", 2015, section 4.2, of 3 x 3 blocks.

    Where the width doubles, the shortcut is a 1x1 convolution.
    """
    import nnmods as nn

    norm = nn.SpatialBatchNormalization
    net = nn.Sequential(conv3x3(3, 16, bias=False), norm(16), relu())
    n_in = 16
    for width in (16, 32, 64):
        for block in range(3):
            stride = 2 if width > 16 and block == 0 else 1
            residue = nn.Sequential(
                conv3x3(n_in, width, stride, bias=False),
                norm(width),
                relu(),
                conv3x3(width, width, bias=False),
                norm(width),
            )
            shortcut = nn.Identity()
            if n_in != width:
                shortcut = nn.Sequential(
                    nn.SpatialConvolution(
                        n_in, width, kernel_size=1, stride=stride, bias=False
                    ),
                    norm(width),
                )
            net.extend(nn.ConcatTable(residue, shortcut), nn.CAddTable(), relu())
            n_in = width
    pooled = nn.SpatialAdaptiveAveragePooling(1, 1)
    return net.extend(pooled, nn.Flatten(), nn.Linear(64, 10))


ROWS = [
    training("LeNet-5 b64", SMALL, lenet, (64, 1, 28, 28), 10),
    inference("LeNet-5 b1 inference", SMALL, lenet, (1, 1, 28, 28)),
]
ROWS += [
    training(f"{name} b32", LARGE, build, (32, *shape), classes, kinks=True)
    for name, build, shape, classes in (
        ("3 convs 3x3 64@32x32", plain(64), (64, 32, 32), 64),
        ("3 convs 3x3 128@16x16", plain(128), (128, 16, 16), 128),
        ("VGG 32x32", vgg, (3, 32, 32), 10),
        ("ResNet-20 32x32", resnet20, (3, 32, 32), 10),
    )
]
