"""`python -m companion` is `chudan`."""

from companion.cli import main

if __name__ == "__main__":
    main()
