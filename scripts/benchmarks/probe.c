// The smallest handler: notes when it started, for the key in its event or its arguments.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    static char event[1 << 20];
    const char *key = count > 1 ? arguments[count - 1] : NULL;
    if (!key) {
        size_t length = 0;
        ssize_t some;
        while (length < sizeof event - 1 && (some = read(0, event + length, sizeof event - 1 - length)) > 0) length += some;
        const char *mark = "\"urlDecodedKey\":\"";
        char *found = strstr(event, mark);
        if (!found) return 65;
        key = found + strlen(mark);
        char *end = strchr(key, '"');
        if (!end) return 65;
        *end = 0;
    }
    const char *notes = getenv("PROBE_NOTES");
    int file = open(notes ? notes : "probe.notes", O_WRONLY | O_CREAT | O_APPEND, 0666);
    char line[4200];
    int length = snprintf(line, sizeof line, "%s %lld\n", key, (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    return file >= 0 && write(file, line, length) == length ? 0 : 1;
}
