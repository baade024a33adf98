/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_STREAM_H
#define RUNNER_HOST_STREAM_H

#include "results/result.h"
#include "runner/base/text.h"
#include "runner/contract.h"

/*
 * The lines a guest sends on its results channel, made into events. Everything is taken for hostile: a line
 * is bounded, so is what is kept of a test, numbers are checked, and only the test that was ordered can get a
 * result. All text that leaves here is printable ASCII.
 */
enum {
	STREAM_TEXT_MAX = 64 << 10, /* diagnostics kept of one test */
	STREAM_FLOOD = 16 << 20,    /* bytes from one order to the next before the guest is given up */
};

enum stream_kind {
	STREAM_HELLO,   /* text: the release */
	STREAM_FOREIGN, /* a hello of another version of the contract; text: its version and release */
	STREAM_SUITES,  /* number: bytes received, -1 when it could not be run */
	STREAM_SETUP,   /* number: status; text: what it printed */
	STREAM_RESULT,  /* result: what the guest tells of it, to be judged; now the receiver's */
	STREAM_BYE,
	STREAM_STRAY, /* text: a line that breaks the protocol */
	STREAM_FLOODED,
};

struct stream_event {
	enum stream_kind kind;
	const char *text;
	long number;
	struct result *result;
};

typedef void (*stream_sink)(void *arg, struct stream_event *event);

struct stream {
	stream_sink sink;
	void *arg;
	char line[LINE_MAX_RESULTS];
	size_t len;
	size_t budget;  /* bytes left until it counts as a flood */
	bool flooded;   /* and has been told */
	char *expected; /* id of the test that was ordered, NULL: none */
	bool started;
	struct result *result; /* what is known of the ordered test so far */
	struct text said;      /* "# " lines since the last order */
};

void stream_init(struct stream *s, stream_sink sink, void *arg);
void stream_free(struct stream *s);

/* Takes bytes as they come; calls the sink for each event. */
void stream_feed(struct stream *s, const char *data, size_t len);

/* Forgets what was said and expects a result for that test (NULL: for none). */
void stream_expect(struct stream *s, const char *id);

/* What is known of a test that will never finish; the caller's from now on. NULL when none is expected. */
struct result *stream_abandon(struct stream *s);

#endif
