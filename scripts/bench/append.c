/* append FILE COUNT SIZE PER_SYNC: what the disk can do. Appends records, one fdatasync per PER_SYNC of them.
   Prints one JSON line: median microseconds per synced batch, records per second. */
#include "frames.h"
#include <fcntl.h>

static int by_size(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(int count, char **words) {
    if (count != 5) return 2;
    int records = atoi(words[2]), size = atoi(words[3]), per_sync = atoi(words[4]);
    int file = open(words[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    if (file < 0) die("open");
    char *record = malloc((size_t)size);
    double *took = malloc(sizeof(double) * (size_t)(records / per_sync + 1));
    memset(record, 'x', (size_t)size);
    int batches = 0;
    double begin = now_us(), last = begin;
    for (int done = 1; done <= records; done++) {
        if (!write_all(file, record, (size_t)size)) die("write");
        if (done % per_sync) continue;
        if (fdatasync(file)) die("fdatasync");
        double present = now_us();
        took[batches++] = present - last;
        last = present;
    }
    qsort(took, (size_t)batches, sizeof(double), by_size);
    printf("{\"p50_us\": %.2f, \"per_second\": %.1f}\n", took[batches / 2],
           batches * per_sync / ((last - begin) / 1e6));
    unlink(words[1]);
    return 0;
}
