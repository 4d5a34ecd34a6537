/* Frames as PROTOCOL.md has them, and the few system calls every program here makes. */
#ifndef FRAMES_H
#define FRAMES_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static inline void die(const char *what) { perror(what); exit(1); }

static inline double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* Write everything; false when the other side is gone. */
static inline int write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t done = write(fd, data, size);
        if (done <= 0) return 0;
        data += done;
        size -= (size_t)done;
    }
    return 1;
}

/* Read exactly so many bytes; false at the end. */
static inline int read_all(int fd, char *data, size_t size) {
    while (size > 0) {
        ssize_t done = read(fd, data, size);
        if (done <= 0) return 0;
        data += done;
        size -= (size_t)done;
    }
    return 1;
}

/* Copy whatever comes until the end. */
static inline void copy(int from, int to) {
    static __thread char buffer[65536];
    ssize_t size;
    while ((size = read(from, buffer, sizeof buffer)) > 0)
        if (!write_all(to, buffer, (size_t)size)) return;
}

static inline struct sockaddr_un address(const char *path) {
    struct sockaddr_un found = {.sun_family = AF_UNIX};
    strncpy(found.sun_path, path, sizeof found.sun_path - 1);
    return found;
}
#endif
