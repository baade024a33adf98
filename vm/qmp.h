/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_QMP_H
#define VM_QMP_H

#include <jansson.h>
#include <stddef.h>

/* QEMU's machine protocol: JSON objects, a line each, over a socket. */
enum qmp_kind { QMP_GREETING, QMP_RETURN, QMP_ERROR, QMP_EVENT, QMP_GARBAGE };

struct qmp_message {
	enum qmp_kind kind;
	const char *name;  /* event: its name; error: its text */
	const char *about; /* return, error: the command that is answered */
	json_t *data;      /* borrowed; may be NULL */
};

struct qmp {
	int fd;
	char *in;
	size_t len;
	void (*sink)(void *arg, const struct qmp_message *message);
	void *arg;
};

void qmp_init(struct qmp *qmp, int fd, void (*sink)(void *, const struct qmp_message *), void *arg);
void qmp_free(struct qmp *qmp);

/* Sends a command; arguments (may be NULL) are let go of; pass is a descriptor to send along, or -1. */
int qmp_send(struct qmp *qmp, const char *command, json_t *arguments, int pass);

/* Takes bytes that came; calls the sink for each message. */
void qmp_feed(struct qmp *qmp, const char *data, size_t len);

#endif
