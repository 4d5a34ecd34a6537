/* driver FRAMES WARM WINDOW command…: plays the browser to a native host.
   Starts the command, sends the first WARM frames one by one, then the others with at most WINDOW unanswered.
   An `ack` answers as many frames as it names. Without frames it waits for the command to end.
   Prints one JSON line: start_us (start to first answer), rss_kb, p50_us, per_second, answers. */
#include "frames.h"
#include <sys/resource.h>
#include <sys/wait.h>

#define MOST (1 << 20)
static char answer[MOST + 1];

static int by_size(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static long rss_kb(pid_t process) {
    char path[64], line[256];
    long size = 0;
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *status = fopen(path, "r");
    if (!status) die(path);
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %ld", &size) == 1) break;
    fclose(status);
    return size;
}

/* Read one frame; return how many of ours it answers. */
static int receive(int from) {
    uint32_t size;
    if (!read_all(from, (char *)&size, 4) || size > MOST || !read_all(from, answer, size)) {
        fputs("driver: the host ended\n", stderr);
        exit(1);
    }
    answer[size] = 0;
    if (strstr(answer, "\"type\":\"refusal\"")) {
        fprintf(stderr, "driver: %s\n", answer);
        exit(1);
    }
    if (!strstr(answer, "\"type\":\"ack\"")) return 1;
    int named = 1;
    for (char *at = strchr(answer, '['); at && *at && *at != ']'; at++) named += *at == ',';
    return named;
}

static char *load(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) die(path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*size + 1);
    if (fread(data, 1, *size, file) != *size) die("fread");
    fclose(file);
    return data;
}

static pid_t start(char **command, int *to, int *from) {
    int down[2], up[2];
    if (pipe(down) || pipe(up)) die("pipe");
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        dup2(down[0], 0);
        dup2(up[1], 1);
        close(down[0]), close(down[1]), close(up[0]), close(up[1]);
        execv(command[0], command);
        die(command[0]);
    }
    close(down[0]), close(up[1]);
    *to = down[1], *from = up[0];
    return child;
}

static void wait_for_end(pid_t child, double begin) {
    struct rusage used;
    if (wait4(child, NULL, 0, &used) < 0) die("wait4");
    printf("{\"start_us\": %.1f, \"rss_kb\": %ld}\n", now_us() - begin, used.ru_maxrss);
}

int main(int count, char **words) {
    if (count < 5) return 2;
    size_t size, frames = 0, at = 0;
    char *data = load(words[1], &size);
    size_t warm = (size_t)atoi(words[2]), window = (size_t)atoi(words[3]);
    char **begin_of = malloc(sizeof(char *) * (size / 4 + 2));
    while (at < size) {
        uint32_t length;
        memcpy(&length, data + at, 4);
        begin_of[frames++] = data + at;
        at += 4 + length;
    }
    begin_of[frames] = data + size;

    int to, from;
    double begin = now_us();
    pid_t child = start(words + 4, &to, &from);
    if (frames == 0) {
        wait_for_end(child, begin);
        return 0;
    }
    double first = 0;
    for (size_t one = 0; one < warm; one++) {
        if (!write_all(to, begin_of[one], (size_t)(begin_of[one + 1] - begin_of[one]))) die("write");
        receive(from);
        if (one == 0) first = now_us() - begin;
    }
    long memory = rss_kb(child);
    double *took = malloc(sizeof(double) * (frames + 1));
    size_t next = warm, done = warm, measured = 0, answers = 0;
    double sent = 0, started = now_us();
    while (done < frames) {
        while (next < frames && next - done < window) {
            sent = now_us();
            if (!write_all(to, begin_of[next], (size_t)(begin_of[next + 1] - begin_of[next]))) die("write");
            next++;
        }
        done += (size_t)receive(from);
        answers++;
        took[measured++] = now_us() - sent;
    }
    double seconds = (now_us() - started) / 1e6;
    qsort(took, measured, sizeof(double), by_size);
    printf("{\"start_us\": %.1f, \"rss_kb\": %ld, \"p50_us\": %.2f, \"per_second\": %.1f, \"answers\": %zu}\n",
           first, memory, measured ? took[measured / 2] : 0.0, seconds > 0 ? (frames - warm) / seconds : 0.0,
           answers);
    close(to);
    waitpid(child, NULL, 0);
    return 0;
}
