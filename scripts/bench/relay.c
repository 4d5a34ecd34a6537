/* relay SOCKET: a native host in C. Copies between the browser's pipes and a daemon. */
#include "frames.h"
#include <pthread.h>

static void *upward(void *daemon) {
    copy(0, *(int *)daemon);
    _exit(0);
}

int main(int count, char **words) {
    if (count != 2) return 2;
    int daemon = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un place = address(words[1]);
    if (connect(daemon, (struct sockaddr *)&place, sizeof place)) die("connect");
    pthread_t thread;
    if (pthread_create(&thread, NULL, upward, &daemon)) die("pthread_create");
    copy(daemon, 1);
    return 0;
}
