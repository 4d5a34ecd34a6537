/* unix_echo SOCKET: the least a daemon can do. Sends back what each connection sends. Ends with its input. */
#include "frames.h"
#include <pthread.h>

static void *serve(void *given) {
    int connection = (int)(intptr_t)given;
    copy(connection, connection);
    close(connection);
    return NULL;
}

static void *end_with_input(void *unused) {
    char byte;
    (void)unused;
    while (read(0, &byte, 1) > 0) {}
    _exit(0);
}

int main(int count, char **words) {
    if (count != 2) return 2;
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un place = address(words[1]);
    if (bind(listening, (struct sockaddr *)&place, sizeof place)) die("bind");
    if (listen(listening, 16)) die("listen");
    pthread_t thread;
    if (pthread_create(&thread, NULL, end_with_input, NULL)) die("pthread_create");
    puts("ready");
    fflush(stdout);
    for (;;) {
        int connection = accept(listening, NULL, NULL);
        if (connection < 0) die("accept");
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection)) die("pthread_create");
        pthread_detach(thread);
    }
}
