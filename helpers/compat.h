/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_COMPAT_H
#define HELPERS_COMPAT_H

/* Constants of the kernel's ABI that the build machine's headers may lack; nothing else. */

#include <linux/nsfs.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef CLONE_EMPTY_MNTNS
#define CLONE_EMPTY_MNTNS   (1ULL << 37)
#define UNSHARE_EMPTY_MNTNS 0x00100000
#endif
#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef IFA_F_NODAD
#define IFA_F_NODAD 0x02
#endif
#ifndef SECBIT_EXEC_RESTRICT_FILE
#define SECBIT_EXEC_RESTRICT_FILE        0x100
#define SECBIT_EXEC_RESTRICT_FILE_LOCKED 0x200
#define SECBIT_EXEC_DENY_INTERACTIVE     0x400
#endif

#ifndef PIDFD_GET_PID_NAMESPACE
#define PIDFD_GET_PID_NAMESPACE              _IO(0xFF, 5)
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xFF, 6)
#endif
#ifndef PIDFD_INFO_PID
#define PIDFD_INFO_PID 1
#endif
/* struct pidfd_info in its first size, which every kernel that has it takes. */
struct pidfd_info_first {
	unsigned long long mask, cgroupid;
	unsigned int pid, tgid, ppid, ids[8];
	int exit_code;
};
#define PIDFD_GET_INFO_FIRST _IOWR(0xFF, 11, struct pidfd_info_first)

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif

#ifndef MOVE_MOUNT_SET_GROUP
#define MOVE_MOUNT_SET_GROUP 0x00000100
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x00000200
#endif
/* A constant of an enum, which #ifndef cannot see. */
#define COMPAT_IFLA_NETNS_IMMUTABLE 67
#ifndef NS_GET_MNTNS_ID
#define NS_GET_MNTNS_ID        _IOR(0xb7, 5, __u64)
#define NS_GET_PID_FROM_PIDNS  _IOR(0xb7, 6, int)
#define NS_GET_TGID_FROM_PIDNS _IOR(0xb7, 7, int)
#define NS_GET_PID_IN_PIDNS    _IOR(0xb7, 8, int)
#define NS_GET_TGID_IN_PIDNS   _IOR(0xb7, 9, int)
#endif
/* What NS_MNT_GET_INFO tells of a mount namespace: struct mnt_ns_info in its first size. */
struct mnt_ns_info_first {
	unsigned int size, mounts;
	unsigned long long id;
};
#ifndef NS_MNT_GET_INFO
#define NS_MNT_GET_INFO _IOR(0xb7, 10, struct mnt_ns_info_first)
#define NS_MNT_GET_NEXT _IOR(0xb7, 11, struct mnt_ns_info_first)
#define NS_MNT_GET_PREV _IOR(0xb7, 12, struct mnt_ns_info_first)
#endif
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(0xb7, 13, __u64)
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#ifndef SYS_statmount
#define SYS_statmount 457
#define SYS_listmount 458
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE 2
#endif
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE 2
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif
#ifndef FAN_REPORT_MNT
#define FAN_REPORT_MNT 0x00004000
#define FAN_MARK_MNTNS 0x00000110
#define FAN_MNT_ATTACH 0x01000000
#define FAN_MNT_DETACH 0x02000000
#endif
#ifndef FD_NSFS_ROOT
#define FD_NSFS_ROOT -10003
#endif
#ifndef SYS_listns
#define SYS_listns 470
#endif
/* The question to listns(2), struct ns_id_req in its first size. */
struct listns_request {
	unsigned int size, spare;
	unsigned long long after_id;
	unsigned int type, spare2;
	unsigned long long owner_id;
};

#endif
