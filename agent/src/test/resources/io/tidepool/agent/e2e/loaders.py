"""Loads models as their users do, and prints a SHA-256 of each tensor, sorted by name.

usage: loaders.py safetensors FILE...     lazily, tensor by tensor, in an order of its own
       loaders.py load_file FILE...       whole files
       loaders.py torch_save FILE SEED    makes a checkpoint
       loaders.py torch_mmap FILE         torch.load(mmap=True)
"""

import hashlib
import random
import sys


def show(hashes):
    for name in sorted(hashes):
        print(name, hashes[name])


def sha256(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def lazily(files):
    from safetensors import safe_open

    hashes = {}
    for file in files:
        with safe_open(file, framework="np") as model:
            names = list(model.keys())
            random.Random(7).shuffle(names)
            for name in names:
                hashes[name] = sha256(model.get_tensor(name))
    show(hashes)


def whole(files):
    from safetensors.numpy import load_file

    show({name: sha256(tensor) for file in files for name, tensor in load_file(file).items()})


def torch_save(file, seed):
    import torch

    torch.manual_seed(seed)
    torch.save({f"layer.{i}": torch.randint(-9999, 9999, (512, 1000 + i), dtype=torch.int32) for i in range(12)}, file)


def torch_mmap(file):
    import torch

    state = torch.load(file, mmap=True, weights_only=True)
    names = list(state)
    random.Random(3).shuffle(names)
    show({name: sha256(state[name].numpy()) for name in names})


if __name__ == "__main__":
    command, files = sys.argv[1], sys.argv[2:]
    if command == "safetensors":
        lazily(files)
    elif command == "load_file":
        whole(files)
    elif command == "torch_save":
        torch_save(files[0], int(files[1]))
    elif command == "torch_mmap":
        torch_mmap(files[0])
    else:
        sys.exit(__doc__)
