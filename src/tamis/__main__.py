"""`python -m tamis`, and so `torchrun ... -m tamis train`: the command `tamis`."""

from tamis.cli.main import main

if __name__ == "__main__":
    main()
