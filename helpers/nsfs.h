/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NSFS_H
#define HELPERS_NSFS_H

#include <fcntl.h>
#include <stdint.h>

/* What newer kernels tell of namespaces: ids that are never used again, file handles, lists. */

/* The id of the namespace behind a descriptor, unique for good and over all types (NS_GET_ID). -1 with errno, ENOTTY before 6.18. */
long long ns_unique_id(int ns);

/* The same of the caller's namespace of a type. -1 with errno. */
long long ns_unique_id_here(int flag);

struct ns_handle {
	struct file_handle head;
	unsigned char bytes[128];
};

/* The file handle of the namespace behind a descriptor (name_to_handle_at(2)). -1 with errno, EOPNOTSUPP before 6.18. */
int ns_handle(int ns, struct ns_handle *handle);

/* Opens a namespace by its handle (open_by_handle_at(2) with FD_NSFS_ROOT); `flags` are those of open(2). -1 with errno. */
int ns_handle_open(struct ns_handle *handle, int flags);

/*
 * At most `max` ids of namespaces that the caller may see, those above `after` in rising order (listns(2)).
 * `types` are CLONE_NEW* flags, 0 for all; `owner` is the unique id of the owning user namespace, 0 for any,
 * NS_OWNER_HERE for the caller's. How many there are; -1 with errno, ENOSYS before 6.19.
 */
#define NS_OWNER_HERE UINT64_MAX
long ns_list(int types, uint64_t owner, uint64_t after, uint64_t *ids, size_t max);

#endif
