/* Lines for the control socket, in pieces as a stream brings them. Each answer must be one line of
 * JSON, and there must be as many as there were lines. */
#include "../control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../slot.h"
#include "../slot_commands.h"
#include "fuzz.h"

static struct slot slot;

static void make_slot(void)
{
    static char *command[] = {"true", NULL};
    static sigset_t no_signals;
    static struct args args = {.slot = "proxy-1", .directory = "/nowhere"};
    const struct address address = {.family = AF_INET, .port = 1, .ip = {127, 0, 0, 9}};

    if (slot.args)
        return;
    slot.args = &args;
    children_init(&slot.children, command, false, &no_signals);
    keeper_link_start(&slot.link, NULL, &slot.listeners);
    slot.listeners.entry[slot.listeners.count++] =
        (struct listener){.address = address, .fd = dup(0), .listening = {true}};
    slot.control.socket.fd = -1;
    slot.control.answer = slot_answer;
    slot.control.context = &slot;
    for (int i = 0; i < CONTROL_PEERS_MAX; i++)
        slot.control.peer[i] = (struct control_peer){
            .fd = -1, .input = slot.control.input[i], .output = slot.control.output[i]};
}

static void choose_line(struct input *line)
{
    static const char *const corpus[] = {
        "status\n", "start\n", "stop\n", "stop 100 QUIT\n", "stop-aside 5 TERM\n", "replace\n",
        "signal HUP\n", "list\n", "drop 127.0.0.9:1\n", "drop [::1%3]:65535\n", "connections\n",
        "exec 1000 true a%20b %\n", "executed 1\n", "pulse\n", "watch\n", "stop 1\r\nstatus\n",
    };
    const char *chosen = corpus[random_below(sizeof corpus / sizeof *corpus)];

    line->length = strlen(chosen);
    memcpy(line->bytes, chosen, line->length);
}

/* Whole lines of printable characters, strings closed and braces even. The number of lines. */
static size_t check_answers(const char *text, size_t length)
{
    size_t lines = 0;
    int depth = 0;
    int quoted = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            check(!quoted && depth == 0, "a line that is whole JSON");
            lines++;
            continue;
        }
        check(text[i] >= ' ' && text[i] <= '~', "printable characters only");
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted)
            depth += (text[i] == '{') - (text[i] == '}');
    }
    check(length == 0 || text[length - 1] == '\n', "answers that end with a line");
    return lines;
}

/* Gives the bytes to the control server, and takes what it answers. */
static size_t talk(const struct input *input, char *answers, size_t room)
{
    struct pollfd polls[CONTROL_POLLS] = {0};
    struct control_peer *peer = &slot.control.peer[0];
    size_t sent = 0;
    size_t got = 0;
    int pair[2];

    check(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), "a socket");
    peer->fd = pair[0];
    peer->watching = peer->ending = false;
    peer->input_length = peer->output_start = peer->output_end = 0;
    for (int round = 0; peer->fd >= 0 && round < 4 * FUZZ_INPUT_MAX; round++) {
        size_t piece = 1 + random_below(random_below(2) ? 8 : 5000);
        ssize_t taken;
        if (piece > input->length - sent)
            piece = input->length - sent;
        if (piece && send(pair[1], input->bytes + sent, piece, MSG_NOSIGNAL) == (ssize_t)piece)
            sent += piece;
        if (sent == input->length)
            shutdown(pair[1], SHUT_WR);
        polls[1] = (struct pollfd){.fd = peer->fd, .revents = POLLIN};
        control_handle(&slot.control, polls);
        while ((taken = recv(pair[1], answers + got, room - got, 0)) > 0)
            got += (size_t)taken;
    }
    check(peer->fd < 0, "the connection to be closed in the end");
    close(pair[1]);
    return got;
}

static size_t longest_line(const struct input *input, size_t *lines)
{
    size_t longest = 0;
    size_t length = 0;

    *lines = 0;
    for (size_t i = 0; i < input->length; i++) {
        length = input->bytes[i] == '\n' ? 0 : length + 1;
        *lines += input->bytes[i] == '\n';
        longest = length > longest ? length : longest;
    }
    return longest;
}

void fuzz_control(void)
{
    static struct input input;
    static struct input line;
    static char answers[8 * CONTROL_OUTPUT_MAX];
    size_t lines;
    size_t answered;

    make_slot();
    input.length = 0;
    for (uint32_t count = 1 + random_below(6); count > 0; count--) {
        choose_line(&line);
        mutate(&line);
        if (input.length + line.length > sizeof input.bytes)
            break;
        memcpy(input.bytes + input.length, line.bytes, line.length);
        input.length += line.length;
    }
    answered = check_answers(answers, talk(&input, answers, sizeof answers));
    if (longest_line(&input, &lines) < CONTROL_LINE_MAX)
        check(answered == lines, "one answer for each line");
}
