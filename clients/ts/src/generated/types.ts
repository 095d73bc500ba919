// Generated from crates/signal by `make types`. Do not edit.

/**
 * Wall-clock time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
 */
export type Timestamp = number;

/**
 * A host's id: a slug of its name.
 */
export type HostId = string;

/**
 * What a number counts.
 */
export type Unit = "percent" | "bytes" | "bytes_per_second" | "per_second" | "milliseconds" | "microseconds" | "seconds" | "epoch_milliseconds" | "megahertz" | "celsius" | "watts" | "watt_hours" | "volts" | "amperes" | "rpm" | "megabits_per_second" | "number";

/**
 * The right that a token carries. Not a ladder: a publisher may write and hardly read.
 */
export type Role = "viewer" | "publisher" | "agent" | "operator" | "admin";

/**
 * Where in a topic something stands: `[epoch, offset]`. Offsets grow by one within an epoch; a
 * topic that lost its past starts a new epoch.
 */
export type Position = [epoch: number, offset: number];

/**
 * What a client sends: one JSON object a message, answered by [`Answer`] with the same `id`.
 */
export type Request = { "op": "subscribe", 
/**
 * The client's number for this request.
 */
id: number, 
/**
 * Patterns: `*` one segment, a final `**` the rest.
 */
topics: Array<string>, 
/**
 * Where to go on. Without it, state topics start with their full value and event topics
 * with what the ring still holds.
 */
since?: Since, 
/**
 * Shortest time between two flushes to this client, 0 to 10,000; 100 at first.
 */
interval_ms?: number, 
/**
 * Names a place that the server keeps for this user, over reconnects and restarts: without
 * `since`, the subscription goes on after the positions that were acknowledged last.
 */
durable?: string, } | { "op": "unsubscribe", 
/**
 * The client's number for this request.
 */
id: number, 
/**
 * Patterns, each written as it was subscribed.
 */
topics: Array<string>, } | { "op": "publish", 
/**
 * The client's number for this request.
 */
id: number, 
/**
 * Where: `app/…`.
 */
topic: string, 
/**
 * State or event; the first publication of a topic decides it.
 */
kind: Kind, 
/**
 * What: for a state a JSON object, by default a merge patch on the state that is there.
 */
data: unknown, 
/**
 * Of a state: `data` is the whole state, and replaces the one that is there.
 */
full?: boolean, 
/**
 * Of an event: who overtakes whom; `normal` when absent.
 */
priority?: Urgency, 
/**
 * When it was measured or happened; the server's time when absent.
 */
ts?: Timestamp, } | { "op": "ack", 
/**
 * The client's number for this request.
 */
id: number, 
/**
 * The name of the subscription, which this connection holds.
 */
durable: string, 
/**
 * The last position in each of these topics; other topics stay where they are.
 */
positions: { [key in string]: Position }, } | { "op": "ping", 
/**
 * Any number; the answer carries it back.
 */
ts: number, };

/**
 * Who overtakes whom on the way to a client. High also passes its flush clock.
 */
export type Urgency = "low" | "normal" | "high";

/**
 * Where a subscription starts.
 */
export type Since = { [key in string]: Position } | Now;

/**
 * What the server says that is no envelope: a welcome first, then one answer to each request.
 */
export type Answer = { "op": "welcome", 
/**
 * Names this connection in the log.
 */
session: string, 
/**
 * Program and version.
 */
server: string, 
/**
 * The clock of the server, to tell apart late from wrong.
 */
ts: Timestamp, 
/**
 * What the client's token may do.
 */
role: Role, 
/**
 * What the server accepts.
 */
limits: Limits, } | { "op": "ok", 
/**
 * The client's number for the request.
 */
id: number, 
/**
 * Of a publication: the position that it got.
 */
position?: Position, } | { "op": "error", 
/**
 * The client's number for the request; absent when the message could not be read.
 */
id?: number, 
/**
 * What kind of error: stable, for programs.
 */
code: ErrorCode, 
/**
 * What is wrong and what to change, for people.
 */
detail: string, 
/**
 * The limit that was passed, when it was one.
 */
limit?: number, } | { "op": "pong", 
/**
 * The ping's number, as it was written.
 */
ts: number, };

/**
 * Kinds of errors on the socket.
 */
export type ErrorCode = "bad_message" | "unknown_op" | "bad_topic" | "out_of_range" | "too_many" | "forbidden" | "bad_data" | "too_large" | "wrong_kind" | "unknown_durable" | "unavailable";

/**
 * What the server accepts from one connection.
 */
export type Limits = { 
/**
 * Largest message.
 */
message_bytes: number, 
/**
 * Patterns subscribed at the same time.
 */
patterns: number, 
/**
 * Longest flush interval.
 */
interval_max_ms: number, 
/**
 * Messages in a second, on average.
 */
messages_per_second: number, 
/**
 * Events kept in the ring of each topic.
 */
ring: number, 
/**
 * Events of a logged topic that a subscription is given from the store, beyond the ring.
 */
resume_events: number, 
/**
 * Largest `data` of a publication, as JSON text, and largest state that patches may make.
 */
publish_bytes: number, 
/**
 * Objects and arrays inside each other in `data`.
 */
publish_depth: number, 
/**
 * Numbers in a state: each becomes a series.
 */
publish_numbers: number, 
/**
 * Publications in a second, on average, over all connections of a token.
 */
publishes_per_second: number, 
/**
 * Topics below `app/` that there may be, over all publishers.
 */
app_topics: number, 
/**
 * Durable subscriptions of a user.
 */
durables: number, 
/**
 * Topics that a durable subscription keeps its place in.
 */
durable_topics: number, 
/**
 * A durable subscription is forgotten after so many days without being subscribed to or
 * acknowledged.
 */
durable_days: number, };

/**
 * What an envelope says.
 */
export type Content = { "full": Record<string, unknown> } | { "patch": Record<string, unknown> } | { "data": unknown };

/**
 * One signal on its way to clients. It holds nothing that differs per client, so that it is
 * encoded once for all of them.
 */
export type Envelope = { 
/**
 * Where it was published.
 */
topic: Topic, 
/**
 * State or event.
 */
type: Kind, 
/**
 * When it was measured or happened.
 */
ts: Timestamp, 
/**
 * The topic's epoch.
 */
epoch: number, 
/**
 * Its offset in that epoch; for state, the version that the client has afterwards.
 */
offset: number, } & ({ "full": Record<string, unknown> } | { "patch": Record<string, unknown> } | { "data": unknown });

/**
 * Why events are missing.
 */
export type GapReason = "overrun" | "new_epoch" | "unknown_position";

/**
 * Who the host is, and its headline figures.
 */
export type HostSummary = { 
/**
 * The host's name as its owner gave it.
 */
name: string, 
/**
 * Operating system, as its release file calls it: "Debian GNU/Linux 12 (bookworm)".
 */
os?: string, 
/**
 * Kernel release, as `uname -r` prints it.
 */
kernel?: string, 
/**
 * Machine architecture, as `uname -m` prints it.
 */
architecture?: string, 
/**
 * The processor's model name.
 */
cpu_model?: string, 
/**
 * Logical processors that are online.
 */
cores?: number, 
/**
 * When the host was booted.
 */
booted_at_ms?: number, 
/**
 * Processor time in use, of the whole machine.
 */
cpu_percent?: number, 
/**
 * Memory in use.
 */
memory_percent?: number, 
/**
 * The highest temperature that any sensor reads.
 */
hottest_celsius?: number, 
/**
 * The speed of the fan that turns fastest.
 */
fastest_fan_rpm?: number, 
/**
 * Space in use on the file system that has the least left; those that are mounted read-only
 * cannot fill up and do not count.
 */
fullest_disk_percent?: number, 
/**
 * How full the batteries are, all together.
 */
charge_percent?: number, 
/**
 * The process that uses the most processor time.
 */
busiest?: BusiestProcess, 
/**
 * How often each topic of this host is expected to speak, in milliseconds. Twice as long
 * without a word means stale, five times means unknown.
 */
intervals_ms: { [key in string]: number }, };

/**
 * The process that uses the most processor time.
 */
export type BusiestProcess = { 
/**
 * What the kernel calls it.
 */
name: string, 
/**
 * Its process id.
 */
pid: number, 
/**
 * Its processor time, as a share of one core.
 */
cpu_percent: number, };

/**
 * Processor time since the round before, load and frequency.
 */
export type Cpu = { 
/**
 * Time that the machine's processors were busy: everything but idle and waiting for I/O.
 */
total_percent?: number, 
/**
 * The same time by mode; with idle and iowait, these add up to 100.
 */
modes?: CpuModes, 
/**
 * Each logical processor, by its number.
 */
cores: { [key in string]: Core }, 
/**
 * Mean frequency over the processors that report one.
 */
frequency_mhz?: number, 
/**
 * Highest frequency that any processor can reach.
 */
frequency_max_mhz?: number, 
/**
 * Load average over one minute: tasks that run or wait uninterruptibly.
 */
load_1m?: number, 
/**
 * Load average over five minutes.
 */
load_5m?: number, 
/**
 * Load average over fifteen minutes.
 */
load_15m?: number, 
/**
 * Tasks that can run now.
 */
runnable?: number, 
/**
 * Tasks that wait uninterruptibly, mostly for I/O.
 */
blocked?: number, 
/**
 * Context switches.
 */
switches_per_second?: number, 
/**
 * Interrupts served.
 */
interrupts_per_second?: number, 
/**
 * Processes and threads created.
 */
forks_per_second?: number, };

/**
 * Where processor time went, each as a share of all of it. Time of guests is part of user and
 * nice, as the kernel counts it.
 */
export type CpuModes = { 
/**
 * Programs at normal priority.
 */
user_percent: number, 
/**
 * Programs at lowered priority.
 */
nice_percent: number, 
/**
 * The kernel.
 */
system_percent: number, 
/**
 * Hardware interrupts.
 */
irq_percent: number, 
/**
 * Software interrupts.
 */
softirq_percent: number, 
/**
 * Taken by the hypervisor for others.
 */
steal_percent: number, 
/**
 * Idle while some task waited for I/O.
 */
iowait_percent: number, 
/**
 * Idle.
 */
idle_percent: number, };

/**
 * One logical processor.
 */
export type Core = { 
/**
 * Time that it was busy.
 */
busy_percent?: number, 
/**
 * Its frequency now.
 */
frequency_mhz?: number, };

/**
 * Memory and swap.
 */
export type Memory = { 
/**
 * Memory that the kernel manages.
 */
total_bytes: number, 
/**
 * What programs could still get without swapping, as the kernel estimates it.
 */
available_bytes?: number, 
/**
 * Total less available.
 */
used_bytes?: number, 
/**
 * Used as a share of total.
 */
used_percent?: number, 
/**
 * Memory used for nothing at all.
 */
free_bytes?: number, 
/**
 * Cache of block devices.
 */
buffers_bytes?: number, 
/**
 * Cache of files, without swap cache.
 */
cached_bytes?: number, 
/**
 * Shared memory and tmpfs.
 */
shared_bytes?: number, 
/**
 * Kernel data structures.
 */
slab_bytes?: number, 
/**
 * Waiting to be written back to disk.
 */
dirty_bytes?: number, 
/**
 * Swap space; absent where there is none.
 */
swap_total_bytes?: number, 
/**
 * Swap in use.
 */
swap_used_bytes?: number, 
/**
 * Swap in use as a share of swap.
 */
swap_used_percent?: number, 
/**
 * Read back from swap.
 */
swap_in_bytes_per_second?: number, 
/**
 * Written to swap.
 */
swap_out_bytes_per_second?: number, 
/**
 * Page faults that had to wait for a disk.
 */
major_faults_per_second?: number, 
/**
 * Processes killed for lack of memory since boot.
 */
oom_kills?: number, };

/**
 * Block devices and file systems.
 */
export type Disks = { 
/**
 * Whole block devices by kernel name; partitions, loop and RAM devices are left out.
 */
devices: { [key in string]: BlockDevice }, 
/**
 * Mounted file systems that hold data, by mount point.
 */
filesystems: { [key in string]: Filesystem }, };

/**
 * One block device: what it did since the round before.
 */
export type BlockDevice = { 
/**
 * Its capacity.
 */
size_bytes?: number, 
/**
 * Read from it.
 */
read_bytes_per_second?: number, 
/**
 * Written to it.
 */
written_bytes_per_second?: number, 
/**
 * Reads finished.
 */
reads_per_second?: number, 
/**
 * Writes finished.
 */
writes_per_second?: number, 
/**
 * Mean time of a read, queue included; absent when there was none.
 */
read_latency_ms?: number, 
/**
 * Mean time of a write, queue included; absent when there was none.
 */
write_latency_ms?: number, 
/**
 * Time with at least one request under way.
 */
busy_percent?: number, 
/**
 * Mean number of requests under way.
 */
queue_length?: number, 
/**
 * Its maker's name for it.
 */
model?: string, 
/**
 * Whether it turns: a hard disk rather than flash.
 */
rotational?: boolean, 
/**
 * How it does, as far as the kernel knows.
 */
health?: DeviceHealth, 
/**
 * What is wrong with it; absent while it is well.
 */
trouble?: string, 
/**
 * Commands that ended with an error since it was found (SCSI and SATA). A few come from asking
 * what the drive can do; growth is what matters.
 */
io_errors?: number, 
/**
 * Commands that were not answered in time since it was found (SCSI and SATA).
 */
timeouts?: number, 
/**
 * What it is made of; of software RAID only.
 */
array?: DiskArray, };

/**
 * How a block device does.
 */
export type DeviceHealth = "good" | "degraded" | "failed";

/**
 * An array of disks (software RAID).
 */
export type DiskArray = { 
/**
 * Its level: raid1, raid5 …
 */
level: string, 
/**
 * Disks that it should have.
 */
disks: number, 
/**
 * Disks that it lacks.
 */
missing: number, 
/**
 * What it does beside its work: resync, recover, check; absent when nothing.
 */
action?: string, 
/**
 * How much of that is done.
 */
done_percent?: number, };

/**
 * One mounted file system.
 */
export type Filesystem = { 
/**
 * What is mounted: a device, or the name of a pool.
 */
device: string, 
/**
 * Its type: ext4, xfs, btrfs …
 */
kind: string, 
/**
 * Its size.
 */
total_bytes: number, 
/**
 * Taken by files.
 */
used_bytes: number, 
/**
 * What users may still take.
 */
available_bytes: number, 
/**
 * Used as a share of used and available, as `df` counts it.
 */
used_percent: number, 
/**
 * File entries in use; absent where they are not limited.
 */
inodes_used_percent?: number, 
/**
 * Whether it is mounted read-only.
 */
read_only: boolean, 
/**
 * Whether the kernel made it read-only because of an error; absent when it did not.
 */
turned_read_only?: boolean, 
/**
 * Errors that the file system found in itself (ext4: since the last check; btrfs: on its devices
 * since they were reset); absent where it does not count them.
 */
errors?: number, 
/**
 * When it found the last one (ext4).
 */
last_error_at_ms?: number, };

/**
 * Interfaces and TCP.
 */
export type Network = { 
/**
 * Interfaces by name, without loopback.
 */
interfaces: { [key in string]: Interface }, 
/**
 * TCP of the whole host.
 */
tcp?: Tcp, };

/**
 * One interface: what passed it since the round before.
 */
export type Interface = { 
/**
 * Whether it can pass packets (operational state).
 */
up?: boolean, 
/**
 * What it is.
 */
kind?: InterfaceKind, 
/**
 * Its IP addresses.
 */
addresses: Array<string>, 
/**
 * Speed of the link, where the driver knows it.
 */
link_megabits_per_second?: number, 
/**
 * Whether both ends may talk at once; of cables only.
 */
duplex?: Duplex, 
/**
 * Largest packet that passes.
 */
mtu_bytes?: number, 
/**
 * How often the link came or went since the interface is there: a loose cable counts on.
 */
carrier_changes?: number, 
/**
 * Received.
 */
received_bytes_per_second?: number, 
/**
 * Sent.
 */
sent_bytes_per_second?: number, 
/**
 * Packets received.
 */
received_packets_per_second?: number, 
/**
 * Packets sent.
 */
sent_packets_per_second?: number, 
/**
 * Packets lost to errors, both ways.
 */
errors_per_second?: number, 
/**
 * Packets dropped for lack of room, both ways.
 */
drops_per_second?: number, 
/**
 * Received since the interface came up.
 */
received_bytes: number, 
/**
 * Sent since the interface came up.
 */
sent_bytes: number, 
/**
 * Packets received since the interface came up.
 */
received_packets: number, 
/**
 * Packets sent since the interface came up.
 */
sent_packets: number, };

/**
 * What an interface is.
 */
export type InterfaceKind = "ethernet" | "wifi" | "mobile" | "bridge" | "bond" | "vlan" | "veth" | "tunnel" | "virtual" | "other";

/**
 * Whether both ends of a link may talk at once.
 */
export type Duplex = "full" | "half";

/**
 * TCP of the whole host.
 */
export type Tcp = { 
/**
 * Connections open now.
 */
established: number, 
/**
 * Segments sent again.
 */
retransmits_per_second?: number, 
/**
 * Connections opened, both ways.
 */
opened_per_second?: number, };

/**
 * Pressure stall information; a resource that the kernel does not report is absent.
 */
export type Pressure = { 
/**
 * Waiting for a processor.
 */
cpu?: Stall, 
/**
 * Waiting for memory: reclaim, swap, refaults.
 */
memory?: Stall, 
/**
 * Waiting for block I/O.
 */
io?: Stall, };

/**
 * How much of the time tasks were held up by one resource.
 */
export type Stall = { 
/**
 * Time since the round before in which at least one task waited.
 */
some_percent?: number, 
/**
 * Time since the round before in which all tasks waited at once.
 */
full_percent?: number, 
/**
 * The kernel's own average over ten seconds of `some`.
 */
some_10s_percent: number, 
/**
 * The kernel's own average over a minute of `some`.
 */
some_60s_percent: number, 
/**
 * The kernel's own average over ten seconds of `full`.
 */
full_10s_percent?: number, 
/**
 * The kernel's own average over a minute of `full`.
 */
full_60s_percent?: number, };

/**
 * The processes that matter most now, and how many there are.
 */
export type Processes = { 
/**
 * Processes on the host, kernel threads included.
 */
total: number, 
/**
 * Processes that ran or could run when they were read.
 */
running: number, 
/**
 * Threads of all processes.
 */
threads: number, 
/**
 * Processes of which the kernel told us nothing (no permission).
 */
unreadable: number, 
/**
 * By [`ProcessKey`]. All of them, up to a limit; beyond it the busiest and the largest.
 */
processes: { [key in string]: Process }, };

/**
 * One process.
 */
export type Process = { 
/**
 * Its process id.
 */
pid: number, 
/**
 * The process that started it, or that inherited it.
 */
parent_pid: number, 
/**
 * What the kernel calls it: at most 15 bytes of the program's name.
 */
name: string, 
/**
 * Who it runs as: the name, or the number where it has none.
 */
user?: string, 
/**
 * What it is doing.
 */
state: ProcessState, 
/**
 * Its threads.
 */
threads: number, 
/**
 * Processor time since the round before, as a share of one core: 200 is two full cores.
 */
cpu_percent?: number, 
/**
 * Memory that it holds in RAM (resident set).
 */
memory_bytes: number, 
/**
 * The same as a share of the host's memory.
 */
memory_percent: number, 
/**
 * Read from storage; absent where the kernel does not let us see it.
 */
read_bytes_per_second?: number, 
/**
 * Written to storage; absent where the kernel does not let us see it.
 */
written_bytes_per_second?: number, 
/**
 * When it was started.
 */
started_at_ms: number, 
/**
 * Whether it is a thread of the kernel.
 */
kernel: boolean, };

/**
 * What a process is doing. Source: `proc_pid_stat(5)`, field 3.
 */
export type ProcessState = "running" | "sleeping" | "blocked" | "idle" | "stopped" | "zombie";

/**
 * Sanitised command lines: secrets are cut out on the host, before anything is sent.
 */
export type Commands = { 
/**
 * By [`ProcessKey`], the same processes as in [`Processes`]. Kernel threads have none.
 */
commands: { [key in string]: string }, };

/**
 * A process came or went.
 */
export type ProcessEvent = { 
/**
 * Which of the two.
 */
change: ProcessChange, 
/**
 * Its [`ProcessKey`].
 */
key: string, 
/**
 * Its process id.
 */
pid: number, 
/**
 * The process that started it.
 */
parent_pid: number, 
/**
 * What the kernel calls it.
 */
name: string, 
/**
 * Who it ran as.
 */
user?: string, 
/**
 * Processor time that it used in all, as last seen; for those that went.
 */
cpu_seconds?: number, 
/**
 * How long it lived; for those that went.
 */
lifetime_seconds?: number, };

/**
 * Came, or went.
 */
export type ProcessChange = "started" | "stopped";

/**
 * Temperatures, fans, voltages, currents and power.
 */
export type Sensors = { 
/**
 * Temperatures.
 */
temperatures: { [key in string]: Temperature }, 
/**
 * Fans.
 */
fans: { [key in string]: Fan }, 
/**
 * Voltages.
 */
voltages: { [key in string]: Voltage }, 
/**
 * Currents.
 */
currents: { [key in string]: Current }, 
/**
 * Power drawn: meters of chips, and the domains of the processor (powercap).
 */
powers: { [key in string]: Power }, };

/**
 * One temperature.
 */
export type Temperature = { 
/**
 * What it is of, for people: "Package id 0", "acpitz".
 */
label: string, 
/**
 * The chip or zone that measures it: "coretemp", "nvme".
 */
chip: string, 
/**
 * What it reads; absent while the sensor does not answer or says nonsense.
 */
now_celsius?: number, 
/**
 * Where the maker says it is high.
 */
high_celsius?: number, 
/**
 * Where the maker says it is critical: the machine throttles or turns off.
 */
critical_celsius?: number, 
/**
 * Whether the chip raises an alarm.
 */
alarm?: boolean, 
/**
 * Why it cannot be read now.
 */
fault?: string, };

/**
 * One fan.
 */
export type Fan = { 
/**
 * What it is, for people.
 */
label: string, 
/**
 * The chip that measures it.
 */
chip: string, 
/**
 * Its speed.
 */
speed_rpm?: number, 
/**
 * The speed below which the maker calls it failed.
 */
low_rpm?: number, 
/**
 * How far it is driven, of what the controller can (pulse width).
 */
drive_percent?: number, 
/**
 * Whether the chip raises an alarm.
 */
alarm?: boolean, 
/**
 * Why it cannot be read now.
 */
fault?: string, };

/**
 * One voltage.
 */
export type Voltage = { 
/**
 * What it is of, for people.
 */
label: string, 
/**
 * The chip that measures it.
 */
chip: string, 
/**
 * What it reads.
 */
now_volts?: number, 
/**
 * The lowest that is right.
 */
low_volts?: number, 
/**
 * The highest that is right.
 */
high_volts?: number, 
/**
 * Whether the chip raises an alarm.
 */
alarm?: boolean, 
/**
 * Why it cannot be read now.
 */
fault?: string, };

/**
 * One current.
 */
export type Current = { 
/**
 * What it is of, for people.
 */
label: string, 
/**
 * The chip that measures it.
 */
chip: string, 
/**
 * What it reads.
 */
now_amperes?: number, 
/**
 * Whether the chip raises an alarm.
 */
alarm?: boolean, 
/**
 * Why it cannot be read now.
 */
fault?: string, };

/**
 * One power.
 */
export type Power = { 
/**
 * What draws it, for people: "package-0", "dram".
 */
label: string, 
/**
 * The chip or power domain that measures it.
 */
chip: string, 
/**
 * What is drawn: the chip's reading, or energy counted since the round before.
 */
now_watts?: number, 
/**
 * The limit that the hardware keeps it below.
 */
limit_watts?: number, 
/**
 * Why it cannot be read now.
 */
fault?: string, };

/**
 * Where the host's power comes from.
 */
export type Battery = { 
/**
 * Whether any adapter feeds the host; absent where no adapter says.
 */
on_mains?: boolean, 
/**
 * Batteries by kernel name; those of mice and headsets are left out.
 */
batteries: { [key in string]: Cell }, };

/**
 * One battery.
 */
export type Cell = { 
/**
 * What it does.
 */
state: CellState, 
/**
 * How full it is.
 */
charge_percent?: number, 
/**
 * What it gives, or takes while it charges.
 */
power_watts?: number, 
/**
 * Its voltage.
 */
now_volts?: number, 
/**
 * What it holds now.
 */
energy_watt_hours?: number, 
/**
 * What it holds when full.
 */
full_watt_hours?: number, 
/**
 * What it held when full and new, as the maker says.
 */
design_watt_hours?: number, 
/**
 * What it holds when full, of what it held when new.
 */
health_percent?: number, 
/**
 * Charged and emptied so often.
 */
cycles?: number, 
/**
 * Until it is empty at this power; while it gives.
 */
empty_in_seconds?: number, 
/**
 * Until it is full at this power; while it charges.
 */
full_in_seconds?: number, 
/**
 * Its temperature.
 */
now_celsius?: number, 
/**
 * Its maker's name for it.
 */
model?: string, };

/**
 * What a battery does.
 */
export type CellState = "charging" | "discharging" | "full" | "holding" | "unknown";

/**
 * Control groups, and which interface the kernel offers.
 */
export type Cgroups = { 
/**
 * Which hierarchy the figures are from.
 */
hierarchy: Hierarchy, 
/**
 * Groups there are, without those that containers make for themselves.
 */
total: number, 
/**
 * Containers among them.
 */
containers?: number, 
/**
 * By path below the root: services, containers, scopes and slices, up to a limit; beyond it the
 * busiest and the largest.
 */
groups: { [key in string]: Cgroup }, };

/**
 * Which interface the kernel offers.
 */
export type Hierarchy = "v2" | "v1" | "hybrid";

/**
 * One group: what its processes used since the round before, those of its children included.
 */
export type Cgroup = { 
/**
 * What it is.
 */
kind: CgroupKind, 
/**
 * What people call it: the unit's name, the container's name or the start of its id.
 */
name: string, 
/**
 * What runs it: docker, podman, containerd, crio, lxc, systemd-nspawn; of containers only.
 */
runtime?: string, 
/**
 * The container's whole id; of containers only.
 */
container_id?: string, 
/**
 * Its pod: the name where a file tells it, else the UID; of Kubernetes only.
 */
pod?: string, 
/**
 * Processor time, as a share of one core.
 */
cpu_percent?: number, 
/**
 * Processor time that it may use at most, as a share of one core; absent when it is not limited.
 */
cpu_limit_percent?: number, 
/**
 * Periods in which it used up that limit and was held back, of those in which it ran.
 */
throttled_percent?: number, 
/**
 * Memory charged to it, page cache included.
 */
memory_bytes?: number, 
/**
 * Memory that cannot simply be dropped: without inactive file cache.
 */
working_set_bytes?: number, 
/**
 * Memory that it may use at most; absent when it is not limited.
 */
memory_limit_bytes?: number, 
/**
 * Working set as a share of its limit.
 */
memory_percent?: number, 
/**
 * Swap charged to it.
 */
swap_bytes?: number, 
/**
 * Read from block devices.
 */
read_bytes_per_second?: number, 
/**
 * Written to block devices.
 */
written_bytes_per_second?: number, 
/**
 * Processes and threads in it.
 */
tasks?: number, 
/**
 * Processes and threads that it may have.
 */
tasks_limit?: number, 
/**
 * Time in which some of its tasks waited for a processor.
 */
cpu_pressure_percent?: number, 
/**
 * Time in which some of its tasks waited for memory.
 */
memory_pressure_percent?: number, 
/**
 * Time in which some of its tasks waited for I/O.
 */
io_pressure_percent?: number, 
/**
 * Processes in it killed for lack of memory, since it was made.
 */
oom_kills?: number, };

/**
 * What a control group is.
 */
export type CgroupKind = "service" | "container" | "scope" | "slice" | "machine" | "other";

/**
 * Users that have processes or are signed in.
 */
export type Users = { 
/**
 * By name, or by number where they have none.
 */
users: { [key in string]: User }, };

/**
 * One user.
 */
export type User = { 
/**
 * Processes of the user.
 */
processes: number, 
/**
 * Processor time of these, as a share of one core.
 */
cpu_percent?: number, 
/**
 * Memory that these hold in RAM; shared pages count in each.
 */
memory_bytes: number, 
/**
 * Sessions that are open: terminals, remote shells, desktops.
 */
sessions: number, };

/**
 * Something that happened.
 */
export type Activity = { 
/**
 * UUID version 7: sorts by time.
 */
id: string, 
/**
 * What kind of thing.
 */
kind: ActivityKind, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * One sentence for people: what, where, by whom.
 */
text: string, 
/**
 * Who did it: the user's name; absent when nobody in particular did.
 */
user?: string, 
/**
 * What it is about: the start of a topic, such as `host/web-1`.
 */
subject?: string, };

/**
 * What happened. A new kind is a variant here.
 */
export type ActivityKind = "server_started" | "server_stopped" | "signed_in" | "signed_out" | "sign_in_refused" | "token_created" | "link_created" | "token_revoked" | "client_disconnected" | "settings_changed" | "backup_written" | "health_changed" | "dataset_uploaded" | "dataset_deleted" | "training_started" | "training_completed" | "training_failed" | "training_cancelled" | "model_registered" | "model_deployed" | "model_changed" | "model_deleted" | "model_drifted" | "alert_fired" | "alert_resolved" | "alert_handled" | "rule_changed";

/**
 * How much something matters.
 */
export type Severity = "info" | "success" | "warning" | "critical";

/**
 * What bellwether costs.
 */
export type SystemMetrics = { 
/**
 * The program's version.
 */
version: string, 
/**
 * When it was started.
 */
started_at_ms: number, 
/**
 * The process as a whole.
 */
process: OwnProcess, 
/**
 * Each collector by name.
 */
collectors: { [key in string]: CollectorStatus }, 
/**
 * The store; absent when there is none.
 */
store?: StoreMetrics, };

/**
 * Our own process, as the kernel counts it.
 */
export type OwnProcess = { 
/**
 * Processor time as a share of one core.
 */
cpu_percent?: number, 
/**
 * Resident memory.
 */
memory_bytes?: number, 
/**
 * Threads.
 */
threads?: number, 
/**
 * Open descriptors.
 */
open_files?: number, 
/**
 * How often one of our threads was woken.
 */
wakeups_per_second?: number, };

/**
 * How a collector is doing.
 */
export type CollectorStatus = { 
/**
 * Whether it works.
 */
state: CollectorState, 
/**
 * How often it publishes now.
 */
interval_ms: number, 
/**
 * Processor time of its last round.
 */
cost_us?: number, 
/**
 * Rounds since start.
 */
rounds: number, 
/**
 * Rounds that failed since start.
 */
failures: number, 
/**
 * What its last failed round said; absent while it works.
 */
error?: string, };

/**
 * Whether a collector works.
 */
export type CollectorState = "working" | "failing" | "not_offered";

/**
 * How the store is doing.
 */
export type StoreMetrics = { 
/**
 * Size of its files.
 */
size_bytes: number, 
/**
 * Series that it knows.
 */
series: number, 
/**
 * Samples written since start.
 */
samples: number, 
/**
 * Samples on disk in sealed hours, which are compressed; absent until they are counted.
 */
sealed_samples?: number, 
/**
 * What those take: their values and times. With the samples, bytes a sample.
 */
sealed_bytes?: number, 
/**
 * Writes that failed since start.
 */
failed_writes: number, 
/**
 * Frames of samples that were never written since start: the disk was full or too slow.
 */
shed_frames: number, 
/**
 * How long every sample is kept.
 */
keep_samples_ms: number, 
/**
 * How long one row a minute is kept.
 */
keep_minutes_ms: number, 
/**
 * How long one row an hour is kept.
 */
keep_hours_ms: number, 
/**
 * How long events are kept.
 */
keep_events_ms: number, };

/**
 * Whether each part works; the whole is as well as its worst part.
 */
export type SystemHealth = { 
/**
 * The worst of the parts.
 */
status: Health, 
/**
 * Each part by name.
 */
parts: { [key in string]: PartHealth }, };

/**
 * One part.
 */
export type PartHealth = { 
/**
 * How it is.
 */
status: Health, 
/**
 * What is wrong and what to do; absent while it works.
 */
detail?: string, };

/**
 * How well something works, best first.
 */
export type Health = "healthy" | "degraded" | "critical";

/**
 * Who is connected, and what passes.
 */
export type GatewayMetrics = { 
/**
 * Sockets open now.
 */
connections: number, 
/**
 * Patterns subscribed now.
 */
subscriptions: number, 
/**
 * Envelopes and answers written.
 */
sent_messages_per_second?: number, 
/**
 * Bytes written.
 */
sent_bytes_per_second?: number, 
/**
 * Messages read.
 */
received_messages_per_second?: number, 
/**
 * Writes that carried them: messages per flush is what batching saves.
 */
flushes_per_second?: number, 
/**
 * Sockets that we closed for cause since start.
 */
dropped_connections: number, 
/**
 * What each dialect carries, by its name; those that nobody spoke since start are absent.
 */
dialects?: { [key in string]: DialectMetrics }, };

/**
 * All connections of one dialect together. Totals count since start, those that are gone included.
 */
export type DialectMetrics = { 
/**
 * Open now.
 */
connections: number, 
/**
 * Opened since start.
 */
opened: number, 
/**
 * Patterns subscribed now.
 */
subscriptions: number, 
/**
 * Messages written.
 */
sent_messages: number, 
/**
 * Their text, before compression.
 */
sent_payload_bytes: number, 
/**
 * What was written to sockets: framed, and compressed where that was agreed on.
 */
sent_wire_bytes: number, 
/**
 * Messages read.
 */
received_messages: number, 
/**
 * Their text, after decompression.
 */
received_payload_bytes: number, 
/**
 * What was read from sockets.
 */
received_wire_bytes: number, 
/**
 * Writes that carried messages of the hub.
 */
flushes: number, 
/**
 * Bytes that wait for sockets now.
 */
waiting_bytes: number, 
/**
 * Publications that wait for clients now.
 */
waiting_publications: number, 
/**
 * Publications of states that clients got merged into a later one.
 */
conflated: number, 
/**
 * States that clients got in full again, because they were too far behind for a patch.
 */
resyncs: number, 
/**
 * Gaps in events that clients were told.
 */
gaps: number, 
/**
 * Connections that we ended for cause.
 */
cuts: number, };

/**
 * Who is connected: `system/clients`, and `GET /api/clients`. For admins.
 */
export type SystemClients = { 
/**
 * How many are connected. More than are listed where there are very many: then those are
 * listed for whom most waits, and of the others the newest.
 */
total: number, 
/**
 * Each by the name of its connection, which its welcome tells it: `ws-7`.
 */
clients: { [key in string]: ConnectedClient }, };

/**
 * One connection, and how it is doing. Totals count since it was opened.
 */
export type ConnectedClient = { 
/**
 * What it speaks: `bellwether.v1`, `sse`, `flat`, `analytics` or `socketio`.
 */
dialect: string, 
/**
 * The name of its token.
 */
user: string, 
/**
 * What it may do.
 */
role: string, 
/**
 * Where it comes from: behind a proxy, the proxy's address.
 */
address?: string, 
/**
 * What it says that it is. It proves nothing.
 */
agent?: string, 
/**
 * When it was opened.
 */
opened_at_ms: number, 
/**
 * Patterns subscribed now.
 */
subscriptions: number, 
/**
 * The first of them.
 */
patterns: Array<string>, 
/**
 * Topics in which it has a place.
 */
topics: number, 
/**
 * Shortest time between two flushes.
 */
interval_ms?: number, 
/**
 * Messages written.
 */
sent_messages: number, 
/**
 * Their text, before compression.
 */
sent_payload_bytes: number, 
/**
 * What was written to its socket: framed, and compressed where that was agreed on.
 */
sent_wire_bytes: number, 
/**
 * Messages read.
 */
received_messages: number, 
/**
 * Their text, after decompression.
 */
received_payload_bytes: number, 
/**
 * What was read from its socket.
 */
received_wire_bytes: number, 
/**
 * Writes that carried messages of the hub.
 */
flushes: number, 
/**
 * When it was last given something.
 */
last_flush_at_ms?: number, 
/**
 * Bytes that wait for its socket now.
 */
waiting_bytes: number, 
/**
 * Publications that wait for it now.
 */
waiting_publications: number, 
/**
 * Its socket takes nothing at the moment.
 */
blocked: boolean, 
/**
 * Publications of states that it got merged into a later one.
 */
conflated: number, 
/**
 * States that it got in full again, because it was too far behind for a patch.
 */
resyncs: number, 
/**
 * Gaps in events that it was told.
 */
gaps: number, 
/**
 * How long the last ping and its answer took; absent before one was asked.
 */
round_trip_ms?: number, };

/**
 * `GET /api/series?names=&from=&to=&step=`: history by column, oldest first.
 */
export type SeriesAnswer = { 
/**
 * Start of the range, inclusive.
 */
from: Timestamp, 
/**
 * End of the range, exclusive.
 */
to: Timestamp, 
/**
 * Width of a step; 0 when each point is a sample as it was measured.
 */
step_ms: number, 
/**
 * One for each name asked for, in that order.
 */
series: Array<SeriesColumns>, };

/**
 * One series: columns of equal length. A step without samples has no row: what is missing is
 * absent, never interpolated.
 */
export type SeriesColumns = { 
/**
 * The name asked for.
 */
name: string, 
/**
 * What the values count.
 */
unit: Unit, 
/**
 * How far apart rows are when nothing is missing. More than two and a half times as far is a
 * gap.
 */
interval_ms: number, 
/**
 * Time of the sample, or start of the step.
 */
at_ms: Array<Timestamp>, 
/**
 * Mean over the step.
 */
mean: Array<number>, 
/**
 * Lowest sample in the step.
 */
min: Array<number>, 
/**
 * Highest sample in the step.
 */
max: Array<number>, };

/**
 * What reaches a subscriber of a topic.
 */
export type Delivered = Envelope | GapNotice;

/**
 * `GET /api/session`: who is asking, and whom.
 */
export type SessionAnswer = { 
/**
 * Name of the token or link that signed in; `anonymous` when none was needed.
 */
user: string, 
/**
 * What it may do.
 */
role: Role, 
/**
 * The server's version.
 */
version: string, 
/**
 * The host that the server runs on.
 */
host: HostId, 
/**
 * The server's clock.
 */
ts: Timestamp, 
/**
 * How the server is.
 */
health: Health, 
/**
 * Where the server listens, such as `http://127.0.0.1:8420`; told only to commands on the same
 * machine. Pages and programs know how they came here.
 */
address?: string, 
/**
 * Parts that this server does without; see [`crate::feature`].
 */
off?: Array<string>, };

/**
 * `GET /api/events?topic=&before=&limit=`: what happened on a logged event topic, newest first.
 */
export type EventsAnswer = { 
/**
 * Newest first.
 */
events: Array<Envelope>, 
/**
 * The next request's `before`; absent when there is nothing older.
 */
older?: Position, };

/**
 * `GET /api/tokens`: who may come in; for admins.
 */
export type TokensAnswer = { 
/**
 * Oldest first.
 */
tokens: Array<TokenEntry>, };

/**
 * A token as it is listed: never its secret.
 */
export type TokenEntry = { 
/**
 * Names it, to revoke it.
 */
id: string, 
/**
 * What it is for.
 */
kind: TokenUse, 
/**
 * Whose it is: the user's name; an agent's token: the host it may speak for.
 */
name: string, 
/**
 * What it may do.
 */
role: Role, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it ends by itself; absent when never.
 */
expires_at?: Timestamp, 
/**
 * When it was used last, to the minute.
 */
last_used_at?: Timestamp, 
/**
 * When it was revoked or, a link, used up.
 */
revoked_at?: Timestamp, 
/**
 * Whether it is what the request that asks came with.
 */
current: boolean, };

/**
 * What a token is for.
 */
export type TokenUse = "api" | "session" | "link";

/**
 * A token that was made. The secret is told this once.
 */
export type TokenMade = { 
/**
 * Names it, to revoke it.
 */
id: string, 
/**
 * What its owner shows: an API token itself, or the code of a link.
 */
secret: string, 
/**
 * Where to go with it, of links: `/sign-in?code=…`, to be appended to the server's address.
 */
path?: string, 
/**
 * When it ends by itself; absent when never.
 */
expires_at?: Timestamp, };

/**
 * An error, as RFC 9457 has it. `detail` says what to change; `message` repeats it for clients
 * that look there.
 */
export type Problem = { 
/**
 * `about:blank#` and a stable word for the kind of problem.
 */
type: string, 
/**
 * The kind of problem, for people.
 */
title: string, 
/**
 * The HTTP status.
 */
status: number, 
/**
 * What is wrong with this request, and what to do.
 */
detail: string, 
/**
 * The same text as `detail`.
 */
message: string, 
/**
 * Names the request in the server's log.
 */
request_id?: string, };

/**
 * Where something is published: `host/web-1/cpu`. No segment is empty, none is a wildcard.
 */
export type Topic = string;

/**
 * What a client asks for: `*` stands for one segment, a final `**` for the rest, if any.
 */
export type TopicPattern = string;

/**
 * The word `now`.
 */
export type Now = "now";

/**
 * Latest value counts, or each one counts.
 */
export type Kind = "state" | "event";

/**
 * What is missing.
 */
export type Gap = { 
/**
 * The last position that the client had; absent when it had none in a known epoch.
 */
from?: Position, 
/**
 * The first position that follows.
 */
to: Position, 
/**
 * Why.
 */
reason: GapReason, };

/**
 * Tells a client that it missed events: never a silent hole.
 */
export type GapNotice = { 
/**
 * Where.
 */
topic: Topic, 
/**
 * What is missing.
 */
gap: Gap, };

/**
 * `GET /api/topics?topics=&since=`: what a socket would have sent, for those who poll.
 */
export type TopicsAnswer = { 
/**
 * In the order in which a socket would have sent them.
 */
envelopes: Array<Delivered>, 
/**
 * Where to go on: the next request's `since`.
 */
positions: { [key in string]: Position }, };

/**
 * `POST /api/tokens` (an API token) and `POST /api/tokens/link` (a one-time link): what to make.
 */
export type TokenWish = { 
/**
 * Whose it is: 1 to 100 characters; the role's name when absent.
 */
name?: string, 
/**
 * What it may do.
 */
role: Role, 
/**
 * How long it is good, in seconds; an API token without it does not end, a link is good for a
 * day.
 */
expires_in_seconds?: number, };

/**
 * `POST /api/publish/{topic}`: what to publish there; the fields of the socket's `publish`.
 */
export type PublishWish = { 
/**
 * State or event; the first publication of a topic decides it.
 */
kind: Kind, 
/**
 * What: for a state a JSON object, by default a merge patch on the state that is there.
 */
data: unknown, 
/**
 * Of a state: `data` is the whole state, and replaces the one that is there.
 */
full?: boolean, 
/**
 * Of an event: who overtakes whom; `normal` when absent.
 */
priority?: Urgency, 
/**
 * When it was measured or happened; the server's time when absent.
 */
ts?: Timestamp, };

/**
 * What was published.
 */
export type PublishAnswer = { 
/**
 * The position that it got.
 */
position: Position, };

/**
 * `GET /api/durables`: durable subscriptions, one's own; for admins everybody's.
 */
export type DurablesAnswer = { 
/**
 * By user and name.
 */
durables: Array<DurableEntry>, };

/**
 * A durable subscription.
 */
export type DurableEntry = { 
/**
 * Whose it is.
 */
user: string, 
/**
 * Its name.
 */
name: string, 
/**
 * When it was first subscribed to.
 */
created_at: Timestamp, 
/**
 * When it was last subscribed to or acknowledged.
 */
used_at: Timestamp, 
/**
 * When it is forgotten, if nobody uses it until then.
 */
expires_at: Timestamp, 
/**
 * Topics that it keeps its place in.
 */
topics: number, 
/**
 * Whether a connection holds it now.
 */
connected: boolean, };

/**
 * `POST /api/backups`: a copy of the database that was written.
 */
export type BackupNote = { 
/**
 * Where the copy is, on the server's machine: 1 to 4,096 characters.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, };

/**
 * `POST /api/models/{id}/predict` with one row.
 */
export type PredictionAnswer = { 
/**
 * A class (text or number), or a number.
 */
prediction: unknown, 
/**
 * The probability of each class by its name; absent for numbers.
 */
probabilities?: { [key in string]: number }, 
/**
 * How sure the model is of the class, 0 to 1; absent for numbers.
 */
confidence?: number, 
/**
 * Where the truth lies in 95 % of the cases, by the errors on rows that were not trained on; absent for classes.
 */
interval?: [number, number], 
/**
 * UUID version 7: a label is sent for it.
 */
prediction_id: string, 
/**
 * The version that answered.
 */
model_id: ModelId, 
/**
 * The model's name.
 */
model_name: string, 
/**
 * Which version of it.
 */
model_version: number, 
/**
 * When, RFC 3339.
 */
timestamp: string, 
/**
 * How long it took.
 */
response_ms: number, 
/**
 * What the sender may want to know.
 */
warnings: Array<string>, 
/**
 * What each column did; with `explain=true`.
 */
explanation?: Explanation, };

/**
 * `POST /api/models/{id}/predict` with several rows.
 */
export type PredictionsAnswer = { 
/**
 * One for each row, in their order.
 */
predictions: Array<RowPrediction>, 
/**
 * The version that answered.
 */
model_id: ModelId, 
/**
 * The model's name.
 */
model_name: string, 
/**
 * Which version of it.
 */
model_version: number, 
/**
 * When, RFC 3339.
 */
timestamp: string, 
/**
 * How long all of it took.
 */
response_ms: number, 
/**
 * The rows' warnings, each once, at most 100.
 */
warnings: Array<string>, };

/**
 * What is said of one of several rows.
 */
export type RowPrediction = { 
/**
 * A class (text or number), or a number.
 */
prediction: unknown, 
/**
 * The probability of each class by its name; absent for numbers.
 */
probabilities?: { [key in string]: number }, 
/**
 * How sure the model is of the class, 0 to 1; absent for numbers.
 */
confidence?: number, 
/**
 * Where the truth lies in 95 % of the cases, by the errors on rows that were not trained on; absent for classes.
 */
interval?: [number, number], 
/**
 * UUID version 7: a label is sent for it.
 */
prediction_id: string, 
/**
 * What the sender may want to know.
 */
warnings: Array<string>, 
/**
 * What each column did; with `explain=true`.
 */
explanation?: Explanation, };

/**
 * What each column did to a prediction: `base` and all contributions add up to `margin`.
 */
export type Explanation = { 
/**
 * The margin before anything of the row is known.
 */
base: number, 
/**
 * What the prediction is made of: the log-odds of the class, or the predicted number.
 */
margin: number, 
/**
 * Largest first, by their size.
 */
contributions: Array<Contribution>, 
/**
 * `log-odds`, or the target's name.
 */
unit: string, 
/**
 * The class that the margin speaks for: the predicted one; absent for numbers.
 */
class?: string, };

/**
 * What one column did.
 */
export type Contribution = { 
/**
 * The column's name.
 */
column: string, 
/**
 * Its value in the row; null when it is missing.
 */
value: unknown, 
/**
 * What it adds to the margin.
 */
contribution: number, };

/**
 * `GET /api/models/{id}/predictions?limit=&before=`: what was predicted, newest first.
 */
export type PredictionLogAnswer = { 
/**
 * Newest first.
 */
predictions: Array<PredictionEntry>, 
/**
 * The next request's `before`; absent when there is nothing older.
 */
older?: string, };

/**
 * A prediction as it is kept.
 */
export type PredictionEntry = { 
/**
 * UUID version 7.
 */
id: string, 
/**
 * Who predicted.
 */
model: ModelId, 
/**
 * When.
 */
at: Timestamp, 
/**
 * What was asked; absent where that was too long to be kept.
 */
inputs?: Record<string, unknown>, 
/**
 * Names what was asked: equal rows have equal hashes.
 */
input_hash: string, 
/**
 * A class (text or number), or a number.
 */
prediction: unknown, 
/**
 * How sure the model was of the class, 0 to 1.
 */
confidence?: number, 
/**
 * How long it took.
 */
response_ms: number, 
/**
 * Who asked.
 */
client?: string, 
/**
 * Whether it was only asked beside the version that answered.
 */
shadow: boolean, 
/**
 * What turned out to be true.
 */
label?: unknown, 
/**
 * When that was said, last.
 */
labelled_at?: Timestamp, };

/**
 * `GET /api/datasets`: all datasets.
 */
export type DatasetsAnswer = { 
/**
 * Oldest first.
 */
datasets: Array<DatasetEntry>, 
/**
 * How many there are.
 */
total: number, };

/**
 * A dataset as it is listed.
 */
export type DatasetEntry = { 
/**
 * Names it.
 */
id: string, 
/**
 * The file's name.
 */
name: string, 
/**
 * Its id, for clients that know datasets by a path.
 */
file_path: string, 
/**
 * Bytes of the file.
 */
size: number, 
/**
 * Rows without the header.
 */
rows: number, 
/**
 * How many columns it has.
 */
columns: number, 
/**
 * When it was uploaded: RFC 3339.
 */
created_at: string, 
/**
 * `ready`: what is listed can be used.
 */
status: string, 
/**
 * `csv`.
 */
file_type: string, 
/**
 * SHA-256 of the file, in hexadecimal.
 */
sha256: string, 
/**
 * The column that a model would predict.
 */
target_column: string | null, 
/**
 * What a model would do with it.
 */
task: Task | null, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality: number | null, 
/**
 * Who uploaded it.
 */
user: string | null, };

/**
 * `GET /api/datasets/{id}`: a dataset, and what is in it.
 */
export type DatasetAnswer = { 
/**
 * What is in it.
 */
profile: DatasetProfile, 
/**
 * Names it.
 */
id: string, 
/**
 * The file's name.
 */
name: string, 
/**
 * Its id, for clients that know datasets by a path.
 */
file_path: string, 
/**
 * Bytes of the file.
 */
size: number, 
/**
 * Rows without the header.
 */
rows: number, 
/**
 * How many columns it has.
 */
columns: number, 
/**
 * When it was uploaded: RFC 3339.
 */
created_at: string, 
/**
 * `ready`: what is listed can be used.
 */
status: string, 
/**
 * `csv`.
 */
file_type: string, 
/**
 * SHA-256 of the file, in hexadecimal.
 */
sha256: string, 
/**
 * The column that a model would predict.
 */
target_column: string | null, 
/**
 * What a model would do with it.
 */
task: Task | null, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality: number | null, 
/**
 * Who uploaded it.
 */
user: string | null, };

/**
 * `POST /api/upload`: a file that became a dataset.
 */
export type DatasetUploaded = { 
/**
 * One sentence for people.
 */
message: string, 
/**
 * The file's name.
 */
filename: string, 
/**
 * The dataset.
 */
dataset_id: string, 
/**
 * Whether the same file was there before: then this is that dataset.
 */
existed: boolean, 
/**
 * Names it.
 */
id: string, 
/**
 * The file's name.
 */
name: string, 
/**
 * Its id, for clients that know datasets by a path.
 */
file_path: string, 
/**
 * Bytes of the file.
 */
size: number, 
/**
 * Rows without the header.
 */
rows: number, 
/**
 * How many columns it has.
 */
columns: number, 
/**
 * When it was uploaded: RFC 3339.
 */
created_at: string, 
/**
 * `ready`: what is listed can be used.
 */
status: string, 
/**
 * `csv`.
 */
file_type: string, 
/**
 * SHA-256 of the file, in hexadecimal.
 */
sha256: string, 
/**
 * The column that a model would predict.
 */
target_column: string | null, 
/**
 * What a model would do with it.
 */
task: Task | null, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality: number | null, 
/**
 * Who uploaded it.
 */
user: string | null, };

/**
 * `GET /api/datasets/{id}/preview?rows=`: the first rows.
 */
export type DatasetPreview = { 
/**
 * The dataset.
 */
dataset_id: string, 
/**
 * The columns in their order.
 */
columns: Array<string>, 
/**
 * Each row by column: numbers and texts, null where nothing stands.
 */
rows: Record<string, number | string | null>[], 
/**
 * Rows that there are in all.
 */
total_rows: number, };

/**
 * `POST /api/datasets/{id}/validate`: whether a model can be trained on it.
 */
export type DatasetVerdict = { 
/**
 * The dataset.
 */
dataset_id: string, 
/**
 * Whether a model can be trained on it, with that target.
 */
valid: boolean, 
/**
 * What stands in the way.
 */
issues: Array<string>, 
/**
 * What should be looked at.
 */
warnings: Array<string>, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality_score: number | null, 
/**
 * The profile with that target.
 */
profile: DatasetProfile, };

/**
 * `POST /api/datasets/uploads`: a file that is to come in pieces.
 */
export type UploadWish = { 
/**
 * Its name, which ends in `.csv`, `.tsv` or `.txt`.
 */
file_name: string, 
/**
 * Its size.
 */
size_bytes: number, 
/**
 * Its SHA-256 in hexadecimal, to be compared with what came.
 */
sha256?: string, };

/**
 * Where an upload stands, and how to go on.
 */
export type UploadAnswer = { 
/**
 * Names it; the dataset's id later, unless an equal file is there.
 */
upload_id: string, 
/**
 * Bytes that are here, on disk: where the next `PATCH` goes on.
 */
offset: number, 
/**
 * Bytes in all.
 */
size_bytes: number, 
/**
 * A good size for one `PATCH`; any is taken.
 */
chunk_bytes: number, 
/**
 * When it is removed, if no byte comes until then.
 */
expires_at: Timestamp, };

/**
 * `POST /api/datasets/uploads/{id}/finish`: the upload is a dataset.
 */
export type UploadFinished = { 
/**
 * The dataset.
 */
dataset_id: string, 
/**
 * Whether the same file was there before: then this is that dataset.
 */
existed: boolean, 
/**
 * The file's name, as its owner has it.
 */
file_name: string, 
/**
 * Whether a model can be trained on it.
 */
usable: boolean, 
/**
 * SHA-256 of the file, in hexadecimal: equal files are one dataset.
 */
sha256: string, 
/**
 * Size of the file.
 */
size_bytes: number, 
/**
 * Rows without the header.
 */
rows?: number, 
/**
 * Each column by its number from 0, which is its place in the file.
 */
columns: { [key in string]: ColumnProfile }, 
/**
 * How the text is written; absent where it could not be read at all.
 */
format?: TableFormat, 
/**
 * The column that a model would predict: chosen, or guessed.
 */
target_column?: string, 
/**
 * Why that one.
 */
target_reason?: string, 
/**
 * What a model would do with that target.
 */
task?: Task, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality?: number, 
/**
 * A few plain sentences.
 */
summary: string, 
/**
 * What should be looked at, worst first.
 */
issues: Array<DatasetIssue>, 
/**
 * How long it took to read and judge.
 */
took_ms: number, 
/**
 * When that was done.
 */
profiled_at_ms: Timestamp, };

/**
 * `GET /api/models/{id}/shadow`: how a candidate that answers silently compares with production.
 */
export type ShadowAnswer = { 
/**
 * The candidate.
 */
model: ModelId, 
/**
 * With whom it is compared.
 */
production: ModelId, 
/**
 * Rows that both predicted.
 */
compared: number, 
/**
 * Share of them of which both said the same class, 0 to 1; absent for numbers.
 */
agreement?: number, 
/**
 * Mean distance of both numbers; absent for classes.
 */
mean_difference?: number, 
/**
 * Rows that the candidate could not predict.
 */
failed: number, 
/**
 * Rows that it was not asked, because it was busy.
 */
shed: number, };

/**
 * The graphics processors of a host.
 */
export type Gpus = { 
/**
 * Each by its number or bus address, as its driver names it.
 */
gpus: { [key in string]: Gpu }, };

/**
 * One graphics processor.
 */
export type Gpu = { 
/**
 * Its maker's name for it.
 */
name: string, 
/**
 * NVIDIA, AMD or Intel.
 */
vendor?: string, 
/**
 * Time that it was busy.
 */
busy_percent?: number, 
/**
 * Its own memory, all of it.
 */
memory_total_bytes?: number, 
/**
 * Its own memory in use.
 */
memory_used_bytes?: number, 
/**
 * What its sensor reads.
 */
temperature_celsius?: number, 
/**
 * How far its fan is driven, of what it can.
 */
fan_percent?: number, 
/**
 * What it draws.
 */
power_watts?: number, 
/**
 * The limit that it keeps below.
 */
power_limit_watts?: number, 
/**
 * Its driver's version.
 */
driver?: string, 
/**
 * The processes that use it, by their key in `host/{id}/processes`.
 */
processes: { [key in string]: GpuProcess }, };

/**
 * A process on a graphics processor.
 */
export type GpuProcess = { 
/**
 * Its process id.
 */
pid: number, 
/**
 * What the kernel calls it.
 */
name: string, 
/**
 * Memory of the graphics processor that it holds.
 */
memory_bytes?: number, 
/**
 * Time that the graphics processor was busy for it.
 */
busy_percent?: number, };

/**
 * `machine/{slug}/summary`: who the machine is.
 */
export type MachineSummary = { 
/**
 * Its UUID, as clients of the analytics dialect know it.
 */
id: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * What it is: compressor, pump, `injection_molding` …
 */
kind?: string, 
/**
 * What it may draw, as its plate says.
 */
rated_power_kw?: number, 
/**
 * Whether it is in use.
 */
active?: boolean, };

/**
 * `machine/{slug}/readings`: metric → newest value. What is not measured any more is absent.
 */
export type MachineReadings = { [key in string]: number };

/**
 * `machine/{slug}/anomaly`: one metric was not as it should be.
 */
export type MachineAnomaly = { 
/**
 * UUID version 7: sorts by time.
 */
id: string, 
/**
 * The metric, as in the readings.
 */
metric: string, 
/**
 * What was measured.
 */
value: number, 
/**
 * The lowest that would have been expected.
 */
expected_low?: number, 
/**
 * The highest that would have been expected.
 */
expected_high?: number, 
/**
 * How unusual it is: 0 (not at all) to 1.
 */
score: number, 
/**
 * How much it matters.
 */
severity: AnomalySeverity, 
/**
 * What shape it has.
 */
kind: AnomalyKind, 
/**
 * When it was measured.
 */
measured_at_ms: number, };

/**
 * How much an anomaly matters, least first.
 */
export type AnomalySeverity = "normal" | "info" | "warning" | "critical";

/**
 * What shape an anomaly has.
 */
export type AnomalyKind = "unknown" | "spike" | "drop" | "drift";

/**
 * The slug of an industrial machine: what its topics and our addresses name it by.
 */
export type MachineSlug = string;

/**
 * One version of a model: the model's name, a slug, and which version of it: `churn-v3`.
 */
export type ModelId = string;

/**
 * One training with its record; also its place in the queue.
 */
export type RunId = number;

/**
 * A rule that was broken, from the first value over its limit until people have seen that it ended.
 */
export type Alert = { 
/**
 * UUID version 7: sorts by time.
 */
id: string, 
/**
 * The rule's name: `cpu_usage`, `model_accuracy`, `suspected_miner`.
 */
rule: string, 
/**
 * Where it stands.
 */
state: AlertState, 
/**
 * How much it matters, as bad as it is now.
 */
severity: AlertSeverity, 
/**
 * What it is about: the start of a topic, such as `host/web-1` or `model/churn-v3`.
 */
subject: string, 
/**
 * A few words for people: what is wrong.
 */
title: string, 
/**
 * One sentence for people: what, where, how much.
 */
text: string, 
/**
 * What to do about it.
 */
action?: string, 
/**
 * The series that broke the rule: `host/web-1/cpu/total_percent`. Its name ends with its unit.
 */
metric?: string, 
/**
 * The newest value, in the unit of the series.
 */
value?: number, 
/**
 * The limit of the present severity, in the same unit.
 */
threshold?: number, 
/**
 * The process that it is about, where it is one: the kernel's name for it.
 */
process?: string, 
/**
 * When the first value broke the rule.
 */
since_at_ms: Timestamp, 
/**
 * When it began to fire: `since_at_ms` and the time for which the rule has to be broken.
 */
fired_at_ms?: Timestamp, 
/**
 * When it was resolved.
 */
resolved_at_ms?: Timestamp, 
/**
 * Somebody has seen it.
 */
acknowledged: boolean, 
/**
 * Who has.
 */
acknowledged_by?: string, 
/**
 * When.
 */
acknowledged_at_ms?: Timestamp, 
/**
 * Nobody is to be told of it for now.
 */
silenced: boolean, 
/**
 * Until when; absent when until it is resolved.
 */
silence_ends_at_ms?: Timestamp, 
/**
 * It comes and goes: held as firing until that ends, and told once.
 */
flapping?: boolean, 
/**
 * Since when its source has said nothing; absent while it speaks. A silent source resolves nothing.
 */
silent_since_at_ms?: Timestamp, 
/**
 * Who resolved it, where a person did.
 */
resolved_by?: string, };

/**
 * Where an alert stands.
 */
export type AlertState = "ok" | "pending" | "firing" | "resolved";

/**
 * How much an alert matters, least first.
 */
export type AlertSeverity = "info" | "warning" | "critical";

/**
 * A rule over every series that its pattern names.
 */
export type Rule = { 
/**
 * Names it: `cpu_usage`; 1 to 63 of a-z, 0-9, `_` and `-`.
 */
name: string, 
/**
 * What is wrong when it is broken, in a few words for people.
 */
title: string, 
/**
 * The series: a topic and the path of a field in it, `*` for any one segment, as in
 * `host/web-1/disks/filesystems/*`.
 */
series: string, 
/**
 * Which side of a level is wrong.
 */
comparison: Comparison, 
/**
 * Levels of a number, by how much each matters.
 */
levels?: Levels, 
/**
 * How much it matters when a yes or no is wrong; warning when absent.
 */
severity?: AlertSeverity, 
/**
 * How far a number has to come back behind a level before it counts as kept, in its own unit.
 */
clear_by?: number, 
/**
 * How long it has to be broken without a break before it fires.
 */
for_seconds?: number, 
/**
 * After how long without a value its source counts as silent; absent where a value stands until
 * the next one.
 */
silent_after_seconds?: number, 
/**
 * A field of the same state that the number is divided by first; of a map, the number of its
 * entries: load by `cores`.
 */
per?: string, 
/**
 * Whether it is looked at.
 */
enabled?: boolean, 
/**
 * One sentence for people. `{subject}`, `{item}`, `{value}` and `{limit}` are filled in;
 * `{value%}` and `{limit%}` show a share of one as per cent.
 */
text: string, 
/**
 * What to do about it.
 */
action?: string, 
/**
 * Other levels for some subjects: `host/web-1`, `model/churn` (all its versions), `model/churn-v3`.
 */
overrides?: { [key in string]: Levels }, };

/**
 * From which value on something is wrong; without any level nothing is.
 */
export type Levels = { 
/**
 * Good to know from here on.
 */
info?: number, 
/**
 * Should be looked at from here on.
 */
warning?: number, 
/**
 * Something has to be done from here on.
 */
critical?: number, };

/**
 * Which values are wrong.
 */
export type Comparison = "above" | "below" | "is_true" | "is_false";

/**
 * A rule as it is listed.
 */
export type ListedRule = { 
/**
 * Whether the program ships it: it can be reset, not deleted.
 */
shipped: boolean, 
/**
 * Whether somebody changed it since.
 */
changed: boolean, 
/**
 * Series that it looks at now.
 */
watches: number, 
/**
 * Alerts of it that are firing.
 */
firing: number, 
/**
 * Names it: `cpu_usage`; 1 to 63 of a-z, 0-9, `_` and `-`.
 */
name: string, 
/**
 * What is wrong when it is broken, in a few words for people.
 */
title: string, 
/**
 * The series: a topic and the path of a field in it, `*` for any one segment, as in
 * `host/web-1/disks/filesystems/*`.
 */
series: string, 
/**
 * Which side of a level is wrong.
 */
comparison: Comparison, 
/**
 * Levels of a number, by how much each matters.
 */
levels?: Levels, 
/**
 * How much it matters when a yes or no is wrong; warning when absent.
 */
severity?: AlertSeverity, 
/**
 * How far a number has to come back behind a level before it counts as kept, in its own unit.
 */
clear_by?: number, 
/**
 * How long it has to be broken without a break before it fires.
 */
for_seconds?: number, 
/**
 * After how long without a value its source counts as silent; absent where a value stands until
 * the next one.
 */
silent_after_seconds?: number, 
/**
 * A field of the same state that the number is divided by first; of a map, the number of its
 * entries: load by `cores`.
 */
per?: string, 
/**
 * Whether it is looked at.
 */
enabled?: boolean, 
/**
 * One sentence for people. `{subject}`, `{item}`, `{value}` and `{limit}` are filled in;
 * `{value%}` and `{limit%}` show a share of one as per cent.
 */
text: string, 
/**
 * What to do about it.
 */
action?: string, 
/**
 * Other levels for some subjects: `host/web-1`, `model/churn` (all its versions), `model/churn-v3`.
 */
overrides?: { [key in string]: Levels }, };

/**
 * Something that happened to an alert, or that somebody did about it.
 */
export type AlertChange = { 
/**
 * When.
 */
at_ms: Timestamp, 
/**
 * What.
 */
kind: AlertChangeKind, 
/**
 * How much it mattered from then on.
 */
severity: AlertSeverity, 
/**
 * The value of the series then, in its unit.
 */
value?: number, 
/**
 * Who did it, where a person did.
 */
by?: string, 
/**
 * Until when it is silent, where that is limited.
 */
until_ms?: Timestamp, };

/**
 * What became of an alert.
 */
export type AlertChangeKind = "fired" | "worse" | "better" | "flapping" | "steady" | "silent" | "heard_again" | "acknowledged" | "silenced" | "silence_ended" | "resolved";

/**
 * `GET /api/alerts?state=&limit=`.
 */
export type AlertsAnswer = { 
/**
 * Those that fire, the worst first; then the others, newest first.
 */
alerts: Array<Alert>, 
/**
 * How many fire.
 */
open: number, 
/**
 * How many fire that nobody has acknowledged or silenced.
 */
unacknowledged: number, };

/**
 * `GET /api/rules`.
 */
export type RulesAnswer = { 
/**
 * Those that the program ships first, in its order; then people's own by name.
 */
rules: Array<ListedRule>, };

/**
 * `GET /api/alerts/{id}`: one alert, and how it went.
 */
export type AlertAnswer = { 
/**
 * The alert as it is now, or as it was when it was over.
 */
alert: Alert, 
/**
 * What became of it, oldest first; the first and the newest hundred. Alerts from before this was
 * kept have none.
 */
changes: Array<AlertChange>, 
/**
 * The rule as it is now; absent when there is none of its name any more.
 */
rule?: ListedRule, 
/**
 * The topic that its series is a field of, while something is published there.
 */
topic?: string, };

/**
 * `POST /api/rules/{name}/test`: what a rule would say of the values that there are now.
 */
export type RuleTestAnswer = { 
/**
 * Series that it would look at.
 */
looks_at: number, 
/**
 * Of those, how many are over a level now; they would fire once that has lasted long enough.
 */
over: number, 
/**
 * Some of them, the worst first.
 */
series: Array<TestedSeries>, };

/**
 * A series as a rule would see it.
 */
export type TestedSeries = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value now, after any division; 1 and 0 stand for yes and no.
 */
value: number, 
/**
 * How much it would matter; absent where nothing is wrong.
 */
severity?: AlertSeverity, 
/**
 * What people would be told.
 */
text?: string, };

/**
 * `GET /api/series/names?q=&limit=`: fields of states that a rule can look at, by name.
 */
export type KnownSeriesAnswer = { 
/**
 * Those that were found, by name.
 */
series: Array<KnownSeries>, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * A field of a state that is published now.
 */
export type KnownSeries = { 
/**
 * Topic and path of the field.
 */
name: string, 
/**
 * Whether it is a yes or no, which has no history.
 */
is_switch: boolean, 
/**
 * What its number is.
 */
unit: Unit, 
/**
 * What it says now; 1 and 0 stand for yes and no.
 */
value: number, };

/**
 * `POST /api/alerts/{id}/silence`: for how long nobody is told; without both, until it is resolved.
 */
export type SilenceWish = { 
/**
 * Until when.
 */
until?: Timestamp, 
/**
 * For so many minutes from now: 1 to 43,200 (30 days).
 */
minutes?: number, };

/**
 * A file on its way in.
 */
export type DatasetUpload = { 
/**
 * The file's name, as its owner has it.
 */
file_name: string, 
/**
 * How far it is.
 */
state: UploadState, 
/**
 * All steps together.
 */
progress_percent: number, 
/**
 * Bytes that are here.
 */
received_bytes: number, 
/**
 * Bytes in all, where the client said so.
 */
total_bytes?: number, 
/**
 * How fast they come.
 */
received_bytes_per_second?: number, 
/**
 * Time until all steps are done, at that speed.
 */
remaining_seconds?: number, 
/**
 * When it began.
 */
started_at_ms: Timestamp, 
/**
 * When it was completed or failed.
 */
ended_at_ms?: Timestamp, 
/**
 * Rows without the header; known once the file is read.
 */
rows?: number, 
/**
 * Columns; known once the file is read.
 */
columns?: number, 
/**
 * What is wrong, where it failed.
 */
error?: string, };

/**
 * How far an upload is.
 */
export type UploadState = "starting" | "receiving" | "saving" | "completed" | "failed";

/**
 * What is in a dataset.
 */
export type DatasetProfile = { 
/**
 * The file's name, as its owner has it.
 */
file_name: string, 
/**
 * Whether a model can be trained on it.
 */
usable: boolean, 
/**
 * SHA-256 of the file, in hexadecimal: equal files are one dataset.
 */
sha256: string, 
/**
 * Size of the file.
 */
size_bytes: number, 
/**
 * Rows without the header.
 */
rows?: number, 
/**
 * Each column by its number from 0, which is its place in the file.
 */
columns: { [key in string]: ColumnProfile }, 
/**
 * How the text is written; absent where it could not be read at all.
 */
format?: TableFormat, 
/**
 * The column that a model would predict: chosen, or guessed.
 */
target_column?: string, 
/**
 * Why that one.
 */
target_reason?: string, 
/**
 * What a model would do with that target.
 */
task?: Task, 
/**
 * Share of the cells, 0 to 1, that are there and are of their column's kind.
 */
quality?: number, 
/**
 * A few plain sentences.
 */
summary: string, 
/**
 * What should be looked at, worst first.
 */
issues: Array<DatasetIssue>, 
/**
 * How long it took to read and judge.
 */
took_ms: number, 
/**
 * When that was done.
 */
profiled_at_ms: Timestamp, };

/**
 * How a table is written.
 */
export type TableFormat = { 
/**
 * What stands between two cells: one character.
 */
delimiter: string, 
/**
 * Encoding of the text: `utf-8`, `utf-16le`, `windows-1252`.
 */
encoding: string, 
/**
 * Whether the first line names the columns.
 */
header: boolean, 
/**
 * Whether numbers have a decimal comma.
 */
decimal_comma: boolean, };

/**
 * One column.
 */
export type ColumnProfile = { 
/**
 * Its name in the header, or one made of its number.
 */
name: string, 
/**
 * What its cells are.
 */
kind: ColumnKind, 
/**
 * Cells that are empty or hold a word for "missing".
 */
missing: number, 
/**
 * Different values; counted up to a limit, estimated above.
 */
distinct?: number, 
/**
 * The lowest number, or the earliest date (epoch milliseconds).
 */
lowest?: number, 
/**
 * The highest number, or the latest date (epoch milliseconds).
 */
highest?: number, 
/**
 * Mean of the numbers.
 */
mean?: number, 
/**
 * Rows in each of some bins of equal width from `lowest` to `highest`.
 */
histogram?: Array<number>, 
/**
 * The most frequent values, with their rows.
 */
frequent?: { [key in string]: number }, };

/**
 * What the cells of a column are.
 */
export type ColumnKind = "number" | "category" | "boolean" | "date" | "text" | "id" | "constant" | "empty";

/**
 * Something about a dataset that should be looked at; critical ones make it unusable.
 */
export type DatasetIssue = { 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * What kind: `ragged_row`, `leak`, `imbalance`. Stable, for programs.
 */
code: string, 
/**
 * What is wrong and what to do, for people.
 */
text: string, 
/**
 * The line of the file, the header being line 1.
 */
line?: number, 
/**
 * The column's name.
 */
column?: string, 
/**
 * The cell as it stands there.
 */
cell?: string, };

/**
 * A run: what it is to do, where it stands and what came of it.
 */
export type TrainingStatus = { 
/**
 * The run, which is also the job.
 */
run: RunId, 
/**
 * Where it stands.
 */
state: TrainingState, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * What kind of model it makes.
 */
task: Task, 
/**
 * The model that it makes a version of: a name.
 */
model_name: string, 
/**
 * What it learns from.
 */
dataset?: string, 
/**
 * The machine that it is about: baselines and forecasts.
 */
machine?: MachineSlug, 
/**
 * The saved recipe that it follows, if it is one: its id.
 */
recipe?: string, 
/**
 * Who asked for it; absent when nobody in particular did (a schedule, drift).
 */
user?: string, 
/**
 * When it was asked for.
 */
queued_at_ms: Timestamp, 
/**
 * Runs before it in the queue; absent once it has started.
 */
runs_before?: number, 
/**
 * When it started.
 */
started_at_ms?: Timestamp, 
/**
 * When it was completed, failed or was cancelled.
 */
ended_at_ms?: Timestamp, 
/**
 * What came of it, once it is completed.
 */
outcome?: TrainingOutcome, 
/**
 * Why it failed, if it did.
 */
failure?: TrainingFailure, };

/**
 * What a model does.
 */
export type Task = "automatic" | "classification" | "regression" | "baseline" | "forecast";

/**
 * Where a run stands.
 */
export type TrainingState = "queued" | "running" | "completed" | "failed" | "cancelled";

/**
 * What a run made.
 */
export type TrainingOutcome = { 
/**
 * The version that was registered.
 */
model: ModelId, 
/**
 * What the task was found to be.
 */
task: Task, 
/**
 * Measures on rows held out to the end, by name: `accuracy`, `f1`, `roc_auc`, `r_squared`,
 * `rmse`, `mae`, `cv_rmse`. Shares and scores are 0 to 1, errors in the target's unit.
 */
scores: { [key in string]: number }, 
/**
 * The measure by which rounds and candidates were chosen, on the rows for validation.
 */
validation_score?: number, 
/**
 * Time from start to end.
 */
took_seconds: number, 
/**
 * Size of the model's file.
 */
size_bytes: number, 
/**
 * Boosting rounds that were kept.
 */
rounds?: number, 
/**
 * Rows that it learned from.
 */
samples: number, 
/**
 * Rows that were predicted while it was judged.
 */
predictions?: number, };

/**
 * Why a run ended without a model.
 */
export type TrainingFailure = { 
/**
 * What kind: `one_class`, `out_of_memory`, `interrupted`. Stable, for programs.
 */
code: string, 
/**
 * What went wrong, for people.
 */
text: string, 
/**
 * Where.
 */
step?: TrainingStep, 
/**
 * How far it had come.
 */
progress_percent?: number, 
/**
 * What to do, most promising first.
 */
suggestions: Array<string>, };

/**
 * How far a run is; it never goes back.
 */
export type TrainingProgress = { 
/**
 * The stage under way.
 */
stage: TrainingStage, 
/**
 * The step of it.
 */
step: TrainingStep, 
/**
 * All steps together.
 */
progress_percent: number, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * Time that each finished step took, by the step's word.
 */
steps_seconds: { [key in TrainingStep]?: number }, 
/**
 * Time since the start.
 */
elapsed_seconds: number, 
/**
 * Time until the end, as far as it can be told.
 */
remaining_seconds?: number, 
/**
 * The fit under way, from 1: each part of the data judges one.
 */
fit?: number, 
/**
 * How many fits there are.
 */
fits?: number, 
/**
 * Boosting rounds done, of all fits.
 */
round?: number, 
/**
 * Boosting rounds planned, as far as it can be told: fits end when they get no better.
 */
rounds?: number, 
/**
 * Loss on the rows that it learns from.
 */
train_loss?: number, 
/**
 * Loss on the rows for validation.
 */
validation_loss?: number, 
/**
 * Share of the rows for validation that it gets right, 0 to 1.
 */
accuracy?: number, 
/**
 * Rows for validation that were predicted.
 */
predictions?: number, };

/**
 * The stages of a run, in order.
 */
export type TrainingStage = "data_preparation" | "feature_engineering" | "model_training" | "validation" | "finalization";

/**
 * The steps of the stages, in order.
 */
export type TrainingStep = "preparing_data" | "data_validation" | "feature_engineering" | "model_selection" | "training_model" | "validation" | "optimization" | "finalizing_model";

/**
 * `POST /api/train`: what to train.
 */
export type TrainWish = { 
/**
 * What to learn from: the id of a dataset.
 */
dataset_id?: string, 
/**
 * The same, as older clients call it: what an upload answered.
 */
file_path?: string, 
/**
 * The column to predict; the profile's guess when absent.
 */
target_column?: string, 
/**
 * The model's name, a slug; made of the file's name when absent.
 */
model_name?: string, 
/**
 * What kind of model: `automatic` (when absent), `classification` or `regression`.
 */
model_type?: Task, 
/**
 * How long to look for good settings: `balanced` when absent.
 */
preset?: Preset, 
/**
 * The same seed, data and settings give the same model; 0 when absent.
 */
seed: number, 
/**
 * Which rows judge: `automatic` when absent.
 */
split?: Split, 
/**
 * With the split `group`: the column whose equal values stay together.
 */
group_column?: string, 
/**
 * Columns that are not learned from.
 */
ignore_columns: Array<string>, 
/**
 * Settings of the learner; found by the search, or good ones, when absent.
 */
parameters: TrainParameters, 
/**
 * Learning ends after so many seconds, with what is there by then.
 */
time_limit_seconds?: number, 
/**
 * Who waits for whom: `normal` when absent.
 */
priority?: Priority, 
/**
 * Whether the first version of a name goes into production at once; yes when absent. Later ones
 * wait for a person.
 */
deploy_first?: boolean, };

/**
 * Settings of the learner, each in its range.
 */
export type TrainParameters = { 
/**
 * Step of each round: 0.001 to 1.
 */
eta?: number, 
/**
 * Most leaves of a tree: 2 to 1,024.
 */
leaves?: number, 
/**
 * Least weight of a leaf: 0 to 10,000.
 */
min_child_weight?: number, 
/**
 * L2 penalty of leaves: 0 to 10,000.
 */
lambda?: number, 
/**
 * Share of the rows that a tree sees: 0.1 to 1.
 */
row_share?: number, 
/**
 * Share of the features that a tree sees: 0.1 to 1.
 */
column_share?: number, 
/**
 * Most rounds: 1 to 10,000.
 */
rounds?: number, 
/**
 * Rounds without getting better before a fit ends: 1 to 1,000.
 */
patience?: number, 
/**
 * Parts of the data that each judge one fit: 2 to 20.
 */
folds?: number, 
/**
 * Trials of the search, in place of what the preset says: 0 to 200.
 */
trials?: number, };

/**
 * How long good settings are looked for.
 */
export type Preset = "fast" | "balanced" | "thorough";

/**
 * Which rows judge each fit.
 */
export type Split = "automatic" | "random" | "time" | "group";

/**
 * Who is trained first.
 */
export type Priority = "low" | "normal" | "high";

/**
 * `POST /api/train`: the run that was made of it.
 */
export type TrainAnswer = { 
/**
 * The run as older clients write it: a text.
 */
job_id: string, 
/**
 * The run.
 */
run: RunId, 
/**
 * One sentence for people.
 */
message: string, };

/**
 * `GET /api/runs`: all runs that are kept, newest first.
 */
export type RunsAnswer = { 
/**
 * Newest first.
 */
runs: Array<RunEntry>, };

/**
 * A run in the list.
 */
export type RunEntry = { 
/**
 * What was asked for.
 */
parameters: TrainWish, 
/**
 * The run, which is also the job.
 */
run: RunId, 
/**
 * Where it stands.
 */
state: TrainingState, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * What kind of model it makes.
 */
task: Task, 
/**
 * The model that it makes a version of: a name.
 */
model_name: string, 
/**
 * What it learns from.
 */
dataset?: string, 
/**
 * The machine that it is about: baselines and forecasts.
 */
machine?: MachineSlug, 
/**
 * The saved recipe that it follows, if it is one: its id.
 */
recipe?: string, 
/**
 * Who asked for it; absent when nobody in particular did (a schedule, drift).
 */
user?: string, 
/**
 * When it was asked for.
 */
queued_at_ms: Timestamp, 
/**
 * Runs before it in the queue; absent once it has started.
 */
runs_before?: number, 
/**
 * When it started.
 */
started_at_ms?: Timestamp, 
/**
 * When it was completed, failed or was cancelled.
 */
ended_at_ms?: Timestamp, 
/**
 * What came of it, once it is completed.
 */
outcome?: TrainingOutcome, 
/**
 * Why it failed, if it did.
 */
failure?: TrainingFailure, };

/**
 * `GET /api/runs/{run}`: all that is known of a run.
 */
export type RunAnswer = { 
/**
 * Where it stands.
 */
status: TrainingStatus, 
/**
 * How far it is, or was at its end; absent before its start.
 */
progress?: TrainingProgress, 
/**
 * What was asked for.
 */
parameters: TrainWish, 
/**
 * Trials of the search, best first; empty without a search.
 */
leaderboard: Array<Trial>, 
/**
 * Losses by round, thinned out where there are many.
 */
curve: Array<CurvePoint>, 
/**
 * What happened, oldest first.
 */
log: Array<RunLine>, 
/**
 * Whether the time limit ended the learning.
 */
time_was_up: boolean, };

/**
 * One setting that was tried on the first part of the data.
 */
export type Trial = { 
/**
 * Its number, from 1; 1 is the usual settings.
 */
trial: number, 
/**
 * What was tried.
 */
settings: TrainParameters, 
/**
 * Loss on the rows that it did not learn from: lower is better.
 */
score: number, 
/**
 * Whether it is the one that the model was trained with.
 */
kept: boolean, 
/**
 * Time that it took.
 */
seconds: number, 
/**
 * Rounds that it was given; who did well was given more.
 */
rounds: number, };

/**
 * Losses after a round.
 */
export type CurvePoint = { 
/**
 * Which fit, from 1: each part of the data judges one.
 */
fit: number, 
/**
 * Which round of it, from 1.
 */
round: number, 
/**
 * Loss on the rows that it learns from.
 */
train_loss?: number, 
/**
 * Loss on the rows for validation.
 */
validation_loss: number, };

/**
 * One line of a run's log.
 */
export type RunLine = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * What.
 */
text: string, };

/**
 * What a version is, and what it is used for.
 */
export type ModelStatus = { 
/**
 * The version.
 */
model: ModelId, 
/**
 * Whether it predicts.
 */
state: ModelState, 
/**
 * What it is used as: `production`, `candidate`. Each alias belongs to one version of a name.
 */
aliases: Array<string>, 
/**
 * What it does.
 */
task: Task, 
/**
 * How it does it: `gradient_boosting`, `linear`.
 */
algorithm?: string, 
/**
 * What it predicts.
 */
target_column?: string, 
/**
 * The training that made it; absent when it was imported.
 */
run?: RunId, 
/**
 * What it learned from.
 */
dataset?: string, 
/**
 * Measures on rows held out in training, by name: `accuracy`, `f1`, `roc_auc`, `r_squared` …
 */
scores: { [key in string]: number }, 
/**
 * Size of its file.
 */
size_bytes?: number, 
/**
 * When it was registered.
 */
created_at_ms: Timestamp, 
/**
 * When it was last deployed.
 */
deployed_at_ms?: Timestamp, 
/**
 * Who did what is told here last.
 */
user?: string, 
/**
 * What is wrong and what to do, in state `error`.
 */
error?: string, };

/**
 * Whether a version predicts.
 */
export type ModelState = "training" | "active" | "inactive" | "error";

/**
 * How a version does.
 */
export type ModelMetrics = { 
/**
 * The worst of its parts: accuracy and response time against its thresholds, drift.
 */
health: ModelHealth, 
/**
 * The same as a number, 0 to 1.
 */
health_score?: number, 
/**
 * What is not well, and how much; absent while all is.
 */
health_reason?: string, 
/**
 * Predictions since it was registered.
 */
predictions: number, 
/**
 * Predictions in the last minute.
 */
predictions_per_minute: number, 
/**
 * Whether that grows; absent while there is too little to tell.
 */
rate_trend?: RateTrend, 
/**
 * When it predicted last.
 */
last_prediction_at_ms?: Timestamp, 
/**
 * Predictions whose label is known.
 */
labelled: number, 
/**
 * Share of the last 100 labelled predictions that were right, 0 to 1; absent while none is
 * labelled, and of regressions.
 */
accuracy?: number, 
/**
 * Lower end of its 95 % interval.
 */
accuracy_low?: number, 
/**
 * Upper end of its 95 % interval.
 */
accuracy_high?: number, 
/**
 * Whether that grows; absent while there is too little to tell.
 */
accuracy_trend?: AccuracyTrend, 
/**
 * Accuracy estimated from calibrated confidence, 0 to 1: what stands in while labels are missing.
 */
estimated_accuracy?: number, 
/**
 * Lower end of the estimate's 95 % interval.
 */
estimated_low?: number, 
/**
 * Upper end of the estimate's 95 % interval.
 */
estimated_high?: number, 
/**
 * Root mean square error that is to be expected; regressions only.
 */
estimated_rmse?: number, 
/**
 * Precision of the same labelled predictions, mean over classes, 0 to 1.
 */
precision?: number, 
/**
 * Recall of the same, mean over classes, 0 to 1.
 */
recall?: number, 
/**
 * F1 score of the same labelled predictions, 0 to 1.
 */
f1?: number, 
/**
 * Area under the receiver operating characteristic, of the same, 0 to 1.
 */
roc_auc?: number, 
/**
 * Explained share of the variance, of the same; regressions only, below 0 when worse than the mean.
 */
r_squared?: number, 
/**
 * Root of the mean squared error, of the same, in the target's unit; regressions only.
 */
rmse?: number, 
/**
 * Mean absolute error, of the same, in the target's unit; regressions only.
 */
mae?: number, 
/**
 * Mean time of a response.
 */
response_mean_ms?: number, 
/**
 * Half of the responses are faster.
 */
response_p50_ms?: number, 
/**
 * 95 % of the responses are faster.
 */
response_p95_ms?: number, 
/**
 * 99 % of the responses are faster.
 */
response_p99_ms?: number, };

/**
 * How well a version does, best first.
 */
export type ModelHealth = "healthy" | "warning" | "critical";

/**
 * Where accuracy goes, by a test on the labelled predictions in order.
 */
export type AccuracyTrend = "improving" | "stable" | "declining";

/**
 * Where the rate of predictions goes, by a test on the last minutes.
 */
export type RateTrend = "increasing" | "stable" | "decreasing";

/**
 * How far what a version sees and says is from its training sample.
 */
export type ModelDrift = { 
/**
 * Whether it matters: a feature that counts, or the predictions, are over their threshold.
 */
drifted: boolean, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * Predictions that were compared.
 */
predictions: number, 
/**
 * When the oldest of them was made.
 */
since_at_ms: Timestamp, 
/**
 * Each feature by name.
 */
features: { [key in string]: FeatureDrift }, 
/**
 * What it predicted, compared in the same way.
 */
predicted?: FeatureDrift, };

/**
 * How far one distribution is from that of the training sample.
 */
export type FeatureDrift = { 
/**
 * Distance of the two distributions, 0 (the same) to 1 (nothing in common).
 */
distance: number, 
/**
 * From here on it counts as drifted.
 */
threshold: number, 
/**
 * Whether it has drifted.
 */
drifted: boolean, 
/**
 * How much the model looks at it: its share of all features' importance, 0 to 1.
 */
importance?: number, 
/**
 * Share of the values that are missing, 0 to 1.
 */
missing?: number, 
/**
 * Share of the values that the training never saw, 0 to 1; of categories.
 */
unseen?: number, 
/**
 * Population stability index; below 0.1 is called none, above 0.25 strong.
 */
stability_index?: number, };

/**
 * One prediction, and where the version stood after it.
 */
export type Prediction = { 
/**
 * UUID version 7; a label is sent for it.
 */
id: string, 
/**
 * Who predicted.
 */
model: ModelId, 
/**
 * When.
 */
at_ms: Timestamp, 
/**
 * What: a class (text, number or yes/no) or a number.
 */
result: unknown, 
/**
 * How sure it was of that class, 0 to 1; calibrated.
 */
confidence?: number, 
/**
 * What it was asked; absent where that is long, and read from the log then.
 */
inputs?: Record<string, unknown>, 
/**
 * Names what it was asked, without saying it: equal rows have equal hashes.
 */
input_hash: string, 
/**
 * How long it took.
 */
response_ms: number, 
/**
 * Predictions since the version was registered, this one included.
 */
predictions: number, 
/**
 * Predictions in the last minute.
 */
predictions_per_minute: number, 
/**
 * Accuracy over the last 100 labelled predictions, 0 to 1; absent while none is labelled.
 */
accuracy?: number, 
/**
 * How well the version does.
 */
health?: ModelHealth, 
/**
 * How many predictions it stands for, itself and those right before it that are not told; absent for 1.
 */
stands_for?: number, };

/**
 * Something about the number of predictions that is worth telling.
 */
export type PredictionVolume = { 
/**
 * Who predicted.
 */
model: ModelId, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * Predictions since the version was registered.
 */
predictions: number, 
/**
 * Predictions in the last minute.
 */
predictions_per_minute: number, 
/**
 * The number that was reached: 100, 500, 1,000, 5,000 …; absent when the rate changed.
 */
milestone?: number, 
/**
 * The rate before, when it changed markedly; absent for milestones.
 */
predictions_per_minute_before?: number, };

/**
 * What a symptom comes from.
 */
export type WhyAnswer = { 
/**
 * What is asked about: `model/churn-v3`.
 */
subject: string, 
/**
 * What is not as it was: `accuracy`, `drift`, `latency`.
 */
symptom: string, 
/**
 * Since when, as far as can be told.
 */
since?: Timestamp, 
/**
 * One or two sentences for people.
 */
text: string, 
/**
 * How sure that is.
 */
confidence: Confidence, 
/**
 * What makes it so sure, or unsure.
 */
confidence_reason: string, 
/**
 * Causes, the largest share first.
 */
causes: Array<Cause>, 
/**
 * Share of the symptom that no cause explains, 0 to 1; with the shares of the causes it adds up to 1.
 */
not_explained: number, 
/**
 * What was looked at and is not the cause.
 */
ruled_out: Array<string>, 
/**
 * What to do.
 */
action: string, };

/**
 * How sure an answer is.
 */
export type Confidence = "high" | "likely" | "unclear";

/**
 * One cause.
 */
export type Cause = { 
/**
 * What kind of thing it is: `column`, `category`, `missing`, `class`, `client`, `load`.
 */
kind: string, 
/**
 * Which one.
 */
name: string, 
/**
 * Share of the symptom that it explains, 0 to 1.
 */
share: number, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * What shows it.
 */
evidence: Array<Evidence>, };

/**
 * A figure that shows a cause.
 */
export type Evidence = { 
/**
 * What it is.
 */
text: string, 
/**
 * What it is now.
 */
value: number, 
/**
 * What it usually is.
 */
usual?: number, 
/**
 * In what unit: `share`, `ms`, the target's.
 */
unit?: string, };

/**
 * When a model's health is no longer good, and how many of its versions are kept.
 */
export type ModelSettings = { 
/**
 * Accuracy below this is a warning, 0 to 1.
 */
accuracy_warning: number, 
/**
 * Accuracy below this is critical, 0 to 1.
 */
accuracy_critical: number, 
/**
 * Responses slower than this are a warning.
 */
response_warning_ms: number, 
/**
 * Responses slower than this are critical.
 */
response_critical_ms: number, 
/**
 * Versions that are kept, newest first, besides those that are used or can be rolled back to;
 * absent for all.
 */
keep_versions?: number, };

/**
 * `GET /api/models/{name}/history`: newest first.
 */
export type ModelHistory = { 
/**
 * The model's name.
 */
name: string, 
/**
 * What was done.
 */
changes: Array<StageChange>, };

/**
 * One thing that was done.
 */
export type StageChange = { 
/**
 * When.
 */
at_ms: Timestamp, 
/**
 * What kind of thing.
 */
kind: StageChangeKind, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * The version that it was done with; absent where it is about all of them.
 */
model?: ModelId, 
/**
 * The version that was in its place before.
 */
before?: ModelId, 
/**
 * Who did it; absent when it happened by itself.
 */
user?: string, };

/**
 * What was done.
 */
export type StageChangeKind = "registered" | "imported" | "deployed" | "rolled_back" | "alias" | "routing" | "settings" | "failed" | "recovered" | "deleted";

/**
 * What was said and what came of it.
 */
export type CalibrationPoint = { 
/**
 * Mean of the probabilities.
 */
predicted: number, 
/**
 * Share of the rows where it came true.
 */
observed: number, 
/**
 * Rows.
 */
rows: number, };

/**
 * A column that a model looks at.
 */
export type CardColumn = { 
/**
 * Its name.
 */
name: string, 
/**
 * What its cells are: `number`, `time`, `category`, `first_word`.
 */
kind: string, 
/**
 * Its share of all columns' importance, 0 to 1.
 */
importance: number, 
/**
 * Share of the training rows without a value, 0 to 1.
 */
missing?: number, 
/**
 * The median, or the most frequent value.
 */
typical?: unknown, 
/**
 * The lowest number, or the earliest time (epoch milliseconds), that it learned from.
 */
lowest?: number, 
/**
 * The highest number, or the latest time (epoch milliseconds), that it learned from.
 */
highest?: number, 
/**
 * Categories that it knows.
 */
categories?: number, };

/**
 * A figure of quality with its 95 % interval.
 */
export type CardScore = { 
/**
 * The figure.
 */
value: number, 
/**
 * Lower end of the interval; absent where it is not known.
 */
low?: number, 
/**
 * Upper end of the interval.
 */
high?: number, };

/**
 * What a model predicts.
 */
export type CardTarget = { 
/**
 * Its column.
 */
column: string, 
/**
 * `binary`, `multiclass` or `regression`.
 */
kind: string, 
/**
 * The classes' names; absent for regression.
 */
classes?: Array<string>, 
/**
 * Share of the training rows of each class, in that order.
 */
shares?: Array<number>, };

/**
 * A curve of one class against the others.
 */
export type ClassCurve = { 
/**
 * The class.
 */
class: string, 
/**
 * At most 200 points, each x and y.
 */
points: Array<[number, number]>, };

/**
 * How much a column counts.
 */
export type ColumnShare = { 
/**
 * The column.
 */
column: string, 
/**
 * Its share, 0 to 1.
 */
share: number, };

/**
 * Rows by true class (first) and predicted class (second).
 */
export type Confusion = { 
/**
 * The classes' names.
 */
classes: Array<string>, 
/**
 * A row for each true class.
 */
counts: Array<Array<number>>, };

/**
 * What differs between versions.
 */
export type DifferenceKind = "data" | "score" | "parameter" | "column";

/**
 * A column that is not looked at.
 */
export type LeftOutColumn = { 
/**
 * The column.
 */
column: string, 
/**
 * Why, in plain words.
 */
reason: string, };

/**
 * `GET /api/models/{id}/card`. Figures come from rows that the fits did not learn from.
 */
export type ModelCard = { 
/**
 * The version.
 */
model: ModelId, 
/**
 * What it is, and what it is used as.
 */
status: ModelStatus, 
/**
 * Rows that it learned from.
 */
rows: number, 
/**
 * How long that took; absent when it was imported.
 */
took_seconds?: number, 
/**
 * The columns that it looks at, the most important first.
 */
columns: Array<CardColumn>, 
/**
 * What it predicts.
 */
target: CardTarget, 
/**
 * What was chosen before the training, by name.
 */
parameters: { [key in string]: unknown }, 
/**
 * Figures of quality, by name.
 */
scores: { [key in string]: CardScore }, 
/**
 * Rows by true class and predicted class.
 */
confusion?: Confusion, 
/**
 * For each class: share of the others taken for it, and share of it that is found. Of two classes
 * only the second.
 */
roc?: Array<ClassCurve>, 
/**
 * For each class: share of it that is found, and share of what is taken for it that is right.
 */
precision_recall?: Array<ClassCurve>, 
/**
 * What was said and what came of it, by tenths of probability.
 */
calibration?: Array<CalibrationPoint>, 
/**
 * Errors of a regression, prediction less truth.
 */
residuals?: ResidualHistogram, 
/**
 * How much each column counts, as shares, largest first.
 */
importance: Array<ColumnShare>, 
/**
 * What it should not be trusted with, in plain words.
 */
limits: Array<string>, 
/**
 * Columns of the data that carry nothing for it.
 */
left_out: Array<LeftOutColumn>, };

/**
 * `GET /api/models/compare?ids=a,b`.
 */
export type ModelComparison = { 
/**
 * The cards, in the order asked for.
 */
models: Array<ModelCard>, 
/**
 * What differs; what is equal is not told. Figures of quality are all told.
 */
differences: Array<ModelDifference>, };

/**
 * Something that differs.
 */
export type ModelDifference = { 
/**
 * What kind of thing.
 */
kind: DifferenceKind, 
/**
 * Which: a figure, a parameter, a column.
 */
name: string, 
/**
 * What each model says, in the order asked for; null where it says nothing.
 */
values: unknown[], 
/**
 * Whether all intervals overlap: then chance may be all that there is to it. Of figures.
 */
overlap?: boolean, 
/**
 * The version that is best at it. Of figures.
 */
best?: ModelId, 
/**
 * One sentence for people.
 */
text: string, };

/**
 * Errors in bins of equal width, in the target's unit.
 */
export type ResidualHistogram = { 
/**
 * The lowest error.
 */
lowest: number, 
/**
 * The highest error.
 */
highest: number, 
/**
 * Rows in each bin between the two.
 */
counts: Array<number>, 
/**
 * 95 % of the errors are within these two.
 */
usual: [number, number], };

