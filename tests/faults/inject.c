/* Runs a program and lets one of its system calls fail, or kills it there. Linux, x86-64.
 *
 *   inject [-n N] [-m MODE] [-c CLASSES] [-t TRACE] -- PROGRAM ARGUMENT...
 *
 * Counts the system calls of the given classes over all threads of the program; its children are
 * left alone, and so are standard streams, devices and libraries. At the N-th call, MODE happens:
 *
 *   none               nothing
 *   kill, killafter    the program is killed before the call, or after it
 *   torn               half of a write is done, then the program is killed
 *   short              half of a write is done
 *   EIO, ENOSPC, ...   the call fails so
 *   from:ENOSPC        this call and all later ones fail so
 *   shortfrom:ENOSPC   half of a write is done, and all later calls fail
 *   pause:FILE         FILE is made, and the call waits until it is gone
 *
 * CLASSES: w writes, syncs and changes of names (the default), c of these only what changes contents,
 * l locks, r reads, s states of files, t new threads.
 *
 * TRACE lists the calls with their numbers, "!" before those that were not let through, and ends
 * with "total COUNT". A library that is preloaded would miss the calls that are made without libc.
 * The exit code is that of the program, or 128 and the signal that ended it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum class { WRITES = 1, LOCKS = 2, READS = 4, STATES = 8, THREADS = 16 };

/* What a call does, by which is decided whether an error can befall it. */
enum kind { WRITE, SYNC, RESIZE, CREATE, NAME, REMOVE, MODE, LOCK, OPEN, READ, LIST, STATE, START };

enum fate { GOES_ON, DIES };

struct call {
    enum class class;
    enum kind kind;
    char text[2100];
};

struct thread {
    pid_t id;
    int foreign; /* of a child of the program */
    enum fate fate;
};

static pid_t program;
static struct thread threads[4096];
static int thread_count;
static long call_count;
static FILE *trace;

/* The request. */
static long wanted;
static const char *mode = "none";
static int classes = WRITES;
static int contents_only;
static long error_number;

static struct thread *thread_of(pid_t id) {
    for (int i = 0; i < thread_count; i++)
        if (threads[i].id == id)
            return &threads[i];
    if (thread_count == 4096)
        exit(199);
    char task[64];
    snprintf(task, sizeof task, "/proc/%d/task/%d", program, id);
    threads[thread_count] = (struct thread){.id = id, .foreign = access(task, F_OK) != 0};
    return &threads[thread_count++];
}

static void read_text(pid_t id, unsigned long address, char *text, size_t size) {
    size_t length = 0;
    /* Page by page: what comes behind may not be there. */
    while (length + 1 < size) {
        size_t rest = 4096 - (address + length) % 4096;
        if (rest > size - 1 - length)
            rest = size - 1 - length;
        struct iovec to = {text + length, rest}, from = {(void *)(address + length), rest};
        if (process_vm_readv(id, &to, 1, &from, 1, 0) != (ssize_t)rest)
            break;
        if (memchr(text + length, 0, rest))
            return;
        length += rest;
    }
    text[length] = 0;
}

static void path_of(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", program, descriptor);
    ssize_t length = readlink(link, path, size - 1);
    path[length < 0 ? 0 : length] = 0;
}

static int begins(const char *text, const char *start) {
    return !strncmp(text, start, strlen(start));
}

static int is_file(const char *path) {
    if (begins(path, "/dev/shm/"))
        return 1;
    return path[0] == '/' && !begins(path, "/dev/") && !begins(path, "/proc/") &&
           !begins(path, "/sys/") && !begins(path, "/lib") && !begins(path, "/usr/lib") &&
           !begins(path, "/etc/ld");
}

/* Fills in a call on an open file. */
static int on_file(struct call *call, enum class class, enum kind kind, const char *name, int fd) {
    char path[1024];
    path_of(fd, path, sizeof path);
    call->class = class;
    call->kind = kind;
    snprintf(call->text, sizeof call->text, "%s %s", name, path);
    return is_file(path);
}

/* Fills in a call on one path, or on two. */
static int on_path(struct call *call, enum class class, enum kind kind, const char *name, pid_t id,
                   unsigned long first, unsigned long second) {
    char path[1024], other[1024] = "";
    read_text(id, first, path, sizeof path);
    if (second)
        read_text(id, second, other, sizeof other);
    call->class = class;
    call->kind = kind;
    snprintf(call->text, sizeof call->text, "%s %s%s%s", name, path, second ? " -> " : "", other);
    /* Relative ones count too, such as those below an open directory. */
    return path[0] && (path[0] != '/' || is_file(path));
}

static int on_open(struct call *call, pid_t id, unsigned long path, unsigned long flags) {
    if (flags & (O_CREAT | O_TRUNC) || (flags & O_TMPFILE) == O_TMPFILE)
        return on_path(call, WRITES, CREATE, "create", id, path, 0);
    return on_path(call, READS, OPEN, "open", id, path, 0);
}

/* Fills in the start of a thread; other processes are of no interest. */
static int on_start(struct call *call, unsigned long long flags) {
    call->class = THREADS;
    call->kind = START;
    strcpy(call->text, "start thread");
    return (flags & CLONE_THREAD) != 0;
}

static unsigned long long flags_at(pid_t id, unsigned long address) {
    unsigned long long flags = 0;
    struct iovec to = {&flags, sizeof flags}, from = {(void *)address, sizeof flags};
    process_vm_readv(id, &to, 1, &from, 1, 0);
    return flags;
}

/* Says what a thread is about to call; 0 if it is of no interest. */
static int describe(struct call *call, pid_t id, const struct user_regs_struct *r) {
    switch (r->orig_rax) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev:
    case SYS_pwritev:
        return r->rdi > 2 && on_file(call, WRITES, WRITE, "write", r->rdi);
    case SYS_copy_file_range:
        return on_file(call, WRITES, WRITE, "copy", r->rdx);
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_sync_file_range:
    case SYS_syncfs:
        return on_file(call, WRITES, SYNC, "sync", r->rdi);
    case SYS_ftruncate:
    case SYS_fallocate:
        return on_file(call, WRITES, RESIZE, "resize", r->rdi);
    case SYS_rename:
        return on_path(call, WRITES, NAME, "rename", id, r->rdi, r->rsi);
    case SYS_renameat:
    case SYS_renameat2:
        return on_path(call, WRITES, NAME, "rename", id, r->rsi, r->r10);
    case SYS_link:
        return on_path(call, WRITES, NAME, "link", id, r->rdi, r->rsi);
    case SYS_linkat:
        return on_path(call, WRITES, NAME, "link", id, r->rsi, r->r10);
    case SYS_symlink:
        return on_path(call, WRITES, NAME, "symlink", id, r->rdi, r->rsi);
    case SYS_mkdir:
        return on_path(call, WRITES, NAME, "mkdir", id, r->rdi, 0);
    case SYS_mkdirat:
        return on_path(call, WRITES, NAME, "mkdir", id, r->rsi, 0);
    case SYS_unlink:
    case SYS_rmdir:
        return on_path(call, WRITES, REMOVE, "remove", id, r->rdi, 0);
    case SYS_unlinkat:
        return on_path(call, WRITES, REMOVE, "remove", id, r->rsi, 0);
    case SYS_fchmod:
    case SYS_fchown:
        return on_file(call, WRITES, MODE, "mode", r->rdi);
    case SYS_chmod:
        return on_path(call, WRITES, MODE, "mode", id, r->rdi, 0);
    case SYS_fchmodat:
        return on_path(call, WRITES, MODE, "mode", id, r->rsi, 0);
    case SYS_open:
        return on_open(call, id, r->rdi, r->rsi);
    case SYS_openat:
        return on_open(call, id, r->rsi, r->rdx);
    case SYS_flock:
        return on_file(call, LOCKS, LOCK, "lock", r->rdi);
    case SYS_read:
    case SYS_pread64:
        return on_file(call, READS, READ, "read", r->rdi);
    case SYS_mmap:
        return (long)r->r8 >= 0 && on_file(call, READS, READ, "map", r->r8);
    case SYS_getdents64:
        return on_file(call, READS, LIST, "list", r->rdi);
    case SYS_stat:
    case SYS_lstat:
        return on_path(call, STATES, STATE, "stat", id, r->rdi, 0);
    case SYS_statx:
    case SYS_newfstatat:
        return on_path(call, STATES, STATE, "stat", id, r->rsi, 0);
    case SYS_clone:
        return on_start(call, r->rdi);
    case SYS_clone3:
        return on_start(call, flags_at(id, r->rdi));
    }
    return 0;
}

static long number_of(const char *name) {
    static const struct {
        const char *name;
        long number;
    } errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT},   {"EROFS", EROFS},
                  {"EINTR", EINTR},   {"EACCES", EACCES}, {"EMFILE", EMFILE},   {"ENOMEM", ENOMEM},
                  {"ENOLCK", ENOLCK}, {"EFBIG", EFBIG},   {"ENOTSUP", ENOTSUP}, {"EPERM", EPERM},
                  {"EAGAIN", EAGAIN}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(errors[i].name, name))
            return errors[i].number;
    return 0;
}

/* Whether a call can fail so. What would give room back, or needs none, does not lack it. */
static int can_fail(const struct call *call, int from_here_on) {
    struct stat found;
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        if (call->kind == CREATE) /* an existing file needs no room */
            return lstat(strchr(call->text, ' ') + 1, &found) != 0;
        if (call->kind == RESIZE)
            return !from_here_on;
        return call->kind == WRITE || call->kind == SYNC || call->kind == NAME;
    case EROFS:
        return call->class == WRITES;
    case EACCES:
        return call->kind != READ && call->kind != WRITE && call->kind != SYNC;
    case EINTR:
        return call->kind == WRITE || call->kind == SYNC || call->kind == RESIZE ||
               call->kind == CREATE || call->kind == OPEN || call->kind == READ ||
               call->kind == LOCK;
    }
    return 1;
}

static void halve(pid_t id, struct user_regs_struct *r) {
    if ((r->orig_rax == SYS_write || r->orig_rax == SYS_pwrite64) && r->rdx > 1) {
        r->rdx /= 2;
        ptrace(PTRACE_SETREGS, id, 0, r);
    }
}

static void pause_until_gone(const char *path) {
    close(open(path, O_CREAT | O_WRONLY, 0600));
    struct stat found;
    while (!lstat(path, &found))
        usleep(500);
}

/* Decides about a call that is about to be made. Returns whether it is not simply let through. */
static int decide(struct thread *thread, const struct call *call, struct user_regs_struct *r) {
    int hit = call_count == wanted, after = wanted > 0 && call_count > wanted;
    if (hit && !strcmp(mode, "kill")) {
        kill(program, SIGKILL);
        return 1;
    }
    if (hit && (!strcmp(mode, "killafter") || !strcmp(mode, "torn"))) {
        if (mode[0] == 't')
            halve(thread->id, r);
        thread->fate = DIES;
        return 1;
    }
    if (hit && begins(mode, "short")) {
        halve(thread->id, r);
        return call->kind == WRITE;
    }
    if (hit && begins(mode, "pause:")) {
        pause_until_gone(mode + 6);
        return 1;
    }
    int from = begins(mode, "from:") && (hit || after);
    int behind = begins(mode, "shortfrom:") && after;
    if (!(from || behind || (hit && error_number && mode[0] == 'E')) || !can_fail(call, from || behind))
        return 0;
    r->orig_rax = -1; /* no call, and this is what it returns */
    r->rax = -error_number;
    ptrace(PTRACE_SETREGS, thread->id, 0, r);
    return 1;
}

static void on_entry(struct thread *thread) {
    struct user_regs_struct registers;
    ptrace(PTRACE_GETREGS, thread->id, 0, &registers);
    struct call call = {0};
    if (!describe(&call, thread->id, &registers) || !(call.class & classes))
        return;
    if (contents_only && call.kind != WRITE && call.kind != SYNC && call.kind != RESIZE)
        return;
    call_count++;
    int struck = decide(thread, &call, &registers);
    if (trace) {
        fprintf(trace, "%s%ld %s\n", struck ? "!" : "", call_count, call.text);
        fflush(trace);
    }
}

/* Handles one stop of a thread. */
static void on_stop(pid_t id, int status) {
    struct thread *thread = thread_of(id);
    int signal = WSTOPSIG(status), pass = 0;
    if (signal == (SIGTRAP | 0x80)) {
        /* A call has been made behind which the program ends. */
        if (thread->fate == DIES)
            kill(program, SIGKILL);
        thread->fate = GOES_ON;
    } else if (signal == SIGTRAP) {
        if (status >> 16 == PTRACE_EVENT_SECCOMP && !thread->foreign)
            on_entry(thread);
    } else if (signal != SIGSTOP) {
        pass = signal;
    }
    ptrace(thread->fate == DIES ? PTRACE_SYSCALL : PTRACE_CONT, id, 0, pass);
}

static int watch(void) {
    for (;;) {
        int status;
        pid_t id = waitpid(-1, &status, __WALL);
        if (id < 0)
            return 199;
        if (WIFSTOPPED(status))
            on_stop(id, status);
        else if (id == program)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

/* The calls that are looked at. All others go on without a stop, which would take most of the time. */
static const struct {
    int classes;
    int number;
} watched[] = {
    {WRITES, SYS_write},         {WRITES, SYS_pwrite64},   {WRITES, SYS_writev},
    {WRITES, SYS_pwritev},       {WRITES, SYS_copy_file_range},
    {WRITES, SYS_fsync},         {WRITES, SYS_fdatasync},  {WRITES, SYS_sync_file_range},
    {WRITES, SYS_syncfs},        {WRITES, SYS_ftruncate},  {WRITES, SYS_fallocate},
    {WRITES, SYS_rename},        {WRITES, SYS_renameat},   {WRITES, SYS_renameat2},
    {WRITES, SYS_link},          {WRITES, SYS_linkat},     {WRITES, SYS_symlink},
    {WRITES, SYS_mkdir},         {WRITES, SYS_mkdirat},    {WRITES, SYS_unlink},
    {WRITES, SYS_rmdir},         {WRITES, SYS_unlinkat},   {WRITES, SYS_fchmod},
    {WRITES, SYS_fchown},        {WRITES, SYS_chmod},      {WRITES, SYS_fchmodat},
    {WRITES | READS, SYS_open},  {WRITES | READS, SYS_openat},
    {LOCKS, SYS_flock},          {READS, SYS_read},        {READS, SYS_pread64},
    {READS, SYS_mmap},           {READS, SYS_getdents64},  {STATES, SYS_stat},
    {STATES, SYS_lstat},         {STATES, SYS_statx},      {STATES, SYS_newfstatat},
    {THREADS, SYS_clone},        {THREADS, SYS_clone3},
};
enum { WATCHED = sizeof watched / sizeof *watched };

/* Has this process stop at the watched calls of the classes, and at no others. */
static int stop_at_watched(void) {
    struct sock_filter code[2 * WATCHED + 2];
    unsigned short length = 0;
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                  offsetof(struct seccomp_data, nr));
    for (int i = 0; i < WATCHED; i++) {
        if (!(watched[i].classes & classes))
            continue;
        unsigned number = watched[i].number;
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {length, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static void read_classes(const char *letters) {
    classes = 0;
    contents_only = strchr(letters, 'c') != 0;
    for (; *letters; letters++)
        classes |= *letters == 'w'   ? WRITES
                   : *letters == 'c' ? WRITES
                   : *letters == 'l' ? LOCKS
                   : *letters == 'r' ? READS
                   : *letters == 't' ? THREADS
                                     : STATES;
}

int main(int count, char **arguments) {
    int option;
    while ((option = getopt(count, arguments, "+n:m:c:t:")) != -1) {
        if (option == 'n')
            wanted = atol(optarg);
        else if (option == 'm')
            mode = optarg;
        else if (option == 'c')
            read_classes(optarg);
        else if (option == 't')
            trace = fopen(optarg, "we");
        else
            return 2;
    }
    const char *colon = strchr(mode, ':');
    error_number = number_of(colon ? colon + 1 : mode);
    program = fork();
    if (!program) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0))
            _exit(198);
        raise(SIGSTOP);
        if (stop_at_watched())
            _exit(198);
        execvp(arguments[optind], arguments + optind);
        _exit(127);
    }
    int status;
    waitpid(program, &status, 0);
    if (!WIFSTOPPED(status))
        return 198; /* tracing is not allowed */
    /* Its children stop too, and would fail at these calls if nobody let them go on. */
    ptrace(PTRACE_SETOPTIONS, program, 0,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
               PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, program, 0, 0);
    int code = watch();
    if (trace)
        fprintf(trace, "total %ld\n", call_count);
    return code;
}
