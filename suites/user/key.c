// SPDX-License-Identifier: GPL-2.0-only
/* Keys and keyrings. user_namespaces(7), keyrings(7) */
#include <linux/keyctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.key"

/* All for the possessor and the owner, and others may view. */
#define PERMISSIONS 0x3f3f0001
/* The same, and others may do what they like. */
#define PERMISSIONS_OF_ALL 0x3f3f003f

static long keyctl(int operation, long a, long b, long c)
{
	return syscall(SYS_keyctl, operation, a, b, c, 0);
}

static long keyring(int special)
{
	return keyctl(KEYCTL_GET_KEYRING_ID, special, 1, 0);
}

static long join_session(const char *name)
{
	return keyctl(KEYCTL_JOIN_SESSION_KEYRING, (long)name, 0, 0);
}

static long add_key(int ring)
{
	return syscall(SYS_add_key, "user", "nscheck", "text", 4, ring);
}

static long read_key(long key)
{
	char text[16];

	return keyctl(KEYCTL_READ, key, (long)text, sizeof(text));
}

CASE(user_keyrings_are_per_namespace)
{
	CHILD(outside, 0, .uid = 3004) {
		/* Without a session keyring, what the user session keyring leads to is possessed. */
		long user = OK(keyring(KEY_SPEC_USER_KEYRING)),
		     session = OK(keyring(KEY_SPEC_USER_SESSION_KEYRING));
		long key = MUST(add_key(KEY_SPEC_USER_KEYRING));
		OK(read_key(key));
		OK(unshare(CLONE_NEWUSER));
		MUST(idmap_write(0, "0 3004 1")); /* the same user for the kernel */
		IS_NOT(OK(keyring(KEY_SPEC_USER_KEYRING)), user);
		IS_NOT(OK(keyring(KEY_SPEC_USER_SESSION_KEYRING)), session);
		FAILS(EACCES, read_key(key));
	}
	EXITS(outside, 0);
}

CASE(session_keyring_is_inherited_but_names_are_not)
{
	static const char name[] = "nscheck-session";

	CHILD(member, 0) {
		long outer = MUST(join_session(name));
		MUST(keyctl(KEYCTL_SETPERM, outer, PERMISSIONS, 0));
		long key = MUST(add_key(KEY_SPEC_SESSION_KEYRING));
		IS(join_session(name), 0); /* control: the name finds the one that is joined */
		OK(unshare(CLONE_NEWUSER));
		IS(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0, 0), outer);
		OK(read_key(key));
		long inner = OK(join_session(name));
		IS_NOT(inner, 0);
		IS_NOT(inner, outer);
	}
	EXITS(member, 0);
}

/* "UID;GID" of a key as the caller sees them. */
static const char *owner_of(long key)
{
	char text[256] = "";
	unsigned int uid, gid;

	OK(keyctl(KEYCTL_DESCRIBE, key, (long)text, sizeof(text)));
	HOLDS(sscanf(text, "user;%u;%u;", &uid, &gid) == 2);
	return path("%u;%u", uid, gid);
}

CASE(ids_are_translated)
{
	MUST(join_session(NULL));
	long of_root = MUST(add_key(KEY_SPEC_SESSION_KEYRING));
	MUST(keyctl(KEYCTL_SETPERM, of_root, PERMISSIONS, 0));
	IS(owner_of(of_root), "0;0");
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		IS(owner_of(of_root), "65534;65534");
		MUST(join_session(NULL));
		long own = MUST(add_key(KEY_SPEC_SESSION_KEYRING));
		MUST(keyctl(KEYCTL_SETPERM, own, PERMISSIONS, 0));
		IS(owner_of(own), "0;0");
		int users = 0;
		for (const char *line = MUST(file_read("/proc/key-users")); line; line = strchr(line, '\n')) {
			line += *line == '\n';
			HOLDS(strtoul(line, NULL, 10) < 65534); /* none that is not mapped */
			users += strtoul(line, NULL, 10) == 0;
		}
		IS(users, 1);
		TELL(root, own);
		HEAR(root);
	}
	long key = HEAR(root);
	IS(owner_of(key), "100000;100000");
	DISMISS(root);
}

static long give_key(long key, uid_t uid, gid_t gid)
{
	return keyctl(KEYCTL_CHOWN, key, (int)uid, (int)gid);
}

CASE(only_real_root_can_give_keys_away)
{
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		MUST(join_session(NULL));
		long key = MUST(add_key(KEY_SPEC_SESSION_KEYRING));
		MUST(keyctl(KEYCTL_SETPERM, key, PERMISSIONS_OF_ALL, 0));
		OK(give_key(key, 0, 0)); /* control: it may change what stays the same */
		FAILS(EACCES, give_key(key, 5, -1));
		FAILS(EACCES, give_key(key, -1, 5));
		FAILS(EINVAL, give_key(key, 70000, -1));
		TELL(root, key);
		HEAR(root);
		IS(owner_of(key), "5;6");
	}
	long key = HEAR(root);
	IS(owner_of(key), "100000;100000");
	OK(give_key(key, CONTAINER_ID + 5, CONTAINER_ID + 6));
	DISMISS(root);
}
