#include <sys/socket.h>
#include <sys/timerfd.h>
#include <linux/memfd.h>
#include <sys/vfs.h>

// glibc declares these for GNU programs only.
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);
int pipe2(int descriptors[2], int flags);
int memfd_create(const char *name, unsigned int flags);
