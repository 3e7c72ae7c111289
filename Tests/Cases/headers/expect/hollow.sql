SELECT just, a, header FROM hollow
