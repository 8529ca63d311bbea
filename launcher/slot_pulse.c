#include "slot_pulse.h"

#include "pulse.h"

void slot_answer_pulse(struct slot *slot, char *parameter, struct text *answer)
{
    const pid_t owners[PULSE_OWNERS] = {slot->children.child.pid, slot->children.aside.pid};
    struct pulse pulse;

    (void)parameter;
    pulse_read(&pulse, owners);
    text_add(answer, "{\"ok\":true,\"v\":1,\"threads\":%u,\"awake\":%u,\"cpuMs\":%lld,\"complete\":%s}\n",
             pulse.threads, pulse.awake, (long long)pulse.cpu_ms, pulse.complete ? "true" : "false");
}
