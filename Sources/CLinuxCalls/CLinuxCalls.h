#include <sys/socket.h>
#include <sys/timerfd.h>
#include <linux/memfd.h>
#include <sys/vfs.h>
#include <sys/types.h>

// glibc declares these for GNU programs only.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int pipe2(int descriptors[2], int flags);
int memfd_create(const char *name, unsigned int flags);
int syncfs(int descriptor);
int sync_file_range(int descriptor, off_t offset, off_t count, unsigned int flags);

// From linux/fs.h, which declares much that others declare too.
#define SYNC_FILE_RANGE_WRITE 2
