// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/nsfs.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "helpers/compat.h"
#include "helpers/ns.h"

long long ns_unique_id(int ns)
{
	uint64_t id = 0;

	return ioctl(ns, NS_GET_ID, &id) < 0 ? -1 : (long long)id;
}

long long ns_unique_id_here(int flag)
{
	int ns = ns_open(0, ns_type(flag)->name);

	if (ns < 0)
		return -1;
	long long id = ns_unique_id(ns);
	int err = errno;
	close(ns);
	errno = err;
	return id;
}

int ns_handle(int ns, struct ns_handle *handle)
{
	int mount;

	handle->head.handle_bytes = sizeof(handle->bytes);
	return name_to_handle_at(ns, "", &handle->head, &mount, AT_EMPTY_PATH);
}

int ns_handle_open(struct ns_handle *handle, int flags)
{
	return open_by_handle_at(FD_NSFS_ROOT, &handle->head, flags | O_CLOEXEC);
}

long ns_list(int types, uint64_t owner, uint64_t after, uint64_t *ids, size_t max)
{
	struct listns_request request = {
		.size = sizeof(request), .type = (unsigned int)types, .owner_id = owner, .after_id = after};

	return syscall(SYS_listns, &request, ids, max, 0);
}
