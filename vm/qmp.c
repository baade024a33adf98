// SPDX-License-Identifier: GPL-2.0-only
#include "vm/qmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "runner/base/mem.h"
#include "runner/base/text.h"

enum { QMP_LINE_MAX = 256 << 10 };

void qmp_init(struct qmp *qmp, int fd, void (*sink)(void *, const struct qmp_message *), void *arg)
{
	*qmp = (struct qmp){.fd = fd, .sink = sink, .arg = arg};
}

void qmp_free(struct qmp *qmp)
{
	free(qmp->in);
	qmp->in = NULL;
	qmp->len = 0;
}

static int send_all(int fd, const char *data, size_t len, int pass)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = (char *)data, .iov_len = len};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};

	if (pass >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &pass, sizeof(pass));
	}
	ssize_t n;
	do
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)len ? 0 : -1;
}

int qmp_send(struct qmp *qmp, const char *command, json_t *arguments, int pass)
{
	json_t *o = json_object();

	json_object_set_new(o, "execute", json_string(command));
	json_object_set_new(o, "id", json_string(command));
	if (arguments)
		json_object_set_new(o, "arguments", arguments);
	char *line = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (!line)
		return -1;

	size_t len = strlen(line);
	line = mem_realloc(line, len + 2);
	memcpy(line + len, "\n", 2);
	int ret = send_all(qmp->fd, line, len + 1, pass);
	free(line);
	return ret;
}

static void dispatch(struct qmp *qmp, json_t *o)
{
	struct qmp_message m = {.kind = QMP_GARBAGE};

	m.about = json_string_value(json_object_get(o, "id"));
	if (!m.about)
		m.about = "";
	if (json_object_get(o, "QMP")) {
		m.kind = QMP_GREETING;
	} else if (json_object_get(o, "event")) {
		m.kind = QMP_EVENT;
		m.name = json_string_value(json_object_get(o, "event"));
		m.data = json_object_get(o, "data");
	} else if (json_object_get(o, "return")) {
		m.kind = QMP_RETURN;
		m.data = json_object_get(o, "return");
	} else if (json_object_get(o, "error")) {
		m.kind = QMP_ERROR;
		m.name = json_string_value(json_object_get(json_object_get(o, "error"), "desc"));
	}
	if (!m.name)
		m.name = "";
	qmp->sink(qmp->arg, &m);
}

static void take_line(struct qmp *qmp, const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, 0, NULL);

	if (json_is_object(o))
		dispatch(qmp, o);
	json_decref(o);
}

void qmp_feed(struct qmp *qmp, const char *data, size_t len)
{
	if (qmp->len + len > QMP_LINE_MAX)
		qmp->len = 0;
	if (len > QMP_LINE_MAX)
		return;
	qmp->in = mem_realloc(qmp->in, qmp->len + len + 1);
	memcpy(qmp->in + qmp->len, data, len);
	qmp->len += len;

	size_t done = 0;
	char *end;
	while ((end = memchr(qmp->in + done, '\n', qmp->len - done))) {
		size_t next = (size_t)(end - qmp->in) + 1;

		take_line(qmp, qmp->in + done, next - done - 1);
		done = next;
	}
	memmove(qmp->in, qmp->in + done, qmp->len - done);
	qmp->len -= done;
}
