/** What lies outside the sandbox, for attempts to reach it. */
export interface Outside {
  /** A folder beside the workspace, with `.ssh/id_rsa` in it, and a socket `outside.sock` that somebody listens on. */
  readonly dir: string;
  readonly workspaceDir: string;
  readonly mirrorDir: string;
  readonly home: string;
  /** Of a program that runs there. */
  readonly pid: number;
  readonly tcpPort: number;
  readonly udpPort: number;
  /** Nobody listens there, until an attempt does. */
  readonly freePort: number;
}

/** What only the outside knows: no result of the check may hold it. */
export const marker = 'marker-of-the-outside-7f3a';
/** In the command line of what attempts start: none may run afterwards. */
export const sleepSeconds = '97531.25';
/** What an attempt throws when it gets through. */
export const escaped = 'ESCAPED';

const got = `throw new IllegalStateException("${escaped}")`;
const java = (text: string) => JSON.stringify(text);
const path = (text: string) => `java.nio.file.Path.of(${java(text)})`;
const write = (file: string) => `java.nio.file.Files.writeString(${path(file)}, "x"); ${got};`;
const tell = (file: string) => `throw new IllegalStateException(java.nio.file.Files.readString(${path(file)}));`;
/** What a shell prints becomes the exception's message. */
const shell = (command: string) =>
  `throw new IllegalStateException(new String(new ProcessBuilder("sh", "-c", ${java(command)}).redirectErrorStream(true).start().getInputStream().readAllBytes()));`;
/** The shell prints `ESCAPED` only when all went well; cut in two, because an error message may repeat the command. */
const shellThen = (command: string) => shell(`${command} && echo ESC''APED`);
const unsafe = `java.lang.reflect.Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe"); field.setAccessible(true); sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);`;
const fill = (folder: string) =>
  `long written = 0; byte[] block = new byte[1 << 20];
   try { for (int file = 0; file < 40; file++) try (var out = java.nio.file.Files.newOutputStream(${path(folder)}.resolve("fill" + file))) { for (int at = 0; at < 64; at++) { out.write(block); written += block.length; } } }
   finally { if (written > 1_000_000_000L) ${got}; }`;
const rawOutput = 'var out = new java.io.FileOutputStream(java.io.FileDescriptor.out);';

/** The body of a Java test each, by what it tries. */
export function escapeAttempts(outside: Outside): Readonly<Record<string, string>> {
  const { dir, workspaceDir, mirrorDir, home, pid, tcpPort, udpPort, freePort } = outside;
  return {
    // Writing.
    writesBesideTheWorkspace: write(`${dir}/written`),
    writesTheWorkspace: write(`${workspaceDir}/core/written`),
    writesTheMirror: write(`${mirrorDir}/core/src/test/java/a/Written.java`),
    changesASource: write(`${mirrorDir}/core/src/main/java/a/Stack.java`),
    writesAnotherModule: write(`${mirrorDir}/legacy/written`),
    deletesTheClasses: shell(`rm -rf ${mirrorDir}/core/target/classes; rm -rf ${dir} ${workspaceDir}`),
    writesMavensRepository: write(`${home}/.m2/written-by-a-test`),
    writesTheHome: write(`${home}/written-by-a-test`),
    writesSystemFolders: shellThen(
      'touch /usr/local/written || touch /etc/written || touch /written || touch /var/written',
    ),
    writesThroughProc: write(`/proc/self/root${dir}/written`),
    writesThroughTheFirstProcess: shellThen(`echo x > /proc/1/root${dir}/written`),
    writesThroughASymbolicLink: `var link = java.nio.file.Files.createSymbolicLink(${path('target/link')}, ${path(dir)}); java.nio.file.Files.writeString(link.resolve("written"), "x"); ${got};`,
    linksAFile: `java.nio.file.Files.createLink(${path('target/hard')}, ${path(`${dir}/.ssh/id_rsa`)}); ${tell('target/hard')}`,
    movesTheMirror: `java.nio.file.Files.move(${path(`${mirrorDir}/core`)}, ${path(`${mirrorDir}/moved`)}); ${got};`,
    changesModes: shellThen(`chmod 777 ${dir}/.ssh/id_rsa`),
    leavesATemporaryFile: `java.nio.file.Files.writeString(${path('/tmp/written-by-a-test')}, "x");`,
    leavesSharedMemory: `java.nio.file.Files.writeString(${path('/dev/shm/written-by-a-test')}, "x");`,
    mountsAFileSystem: shellThen('unshare --user --map-root-user --mount mount -t tmpfs none /mnt'),
    makesADevice: shellThen('mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk'),
    writesKernelSettings: shellThen(
      'value=$(cat /proc/sys/kernel/core_pattern); echo "$value" > /proc/sys/kernel/core_pattern || echo h > /proc/sysrq-trigger',
    ),
    // Reading.
    readsAKey: tell(`${dir}/.ssh/id_rsa`),
    readsAKeyByAWayAround: tell(`../../../../../../../../../../../..${dir}/.ssh/id_rsa`),
    readsTheWorkspacesSecrets: tell('../.env'),
    readsTheHome: `throw new IllegalStateException(new String(new ProcessBuilder("sh", "-c", ${java(`find ${home} -maxdepth 1 -mindepth 1 -not -name .m2 -not -name '.bespoke*' | head -1 | sed 's/.*/ESC''APED/'`)}).start().getInputStream().readAllBytes()));`,
    readsAccounts: shellThen('cat /etc/shadow'),
    readsTheEnvironment: 'throw new IllegalStateException(System.getenv().toString());',
    readsEnvironmentsOfOthers: shell("cat /proc/[0-9]*/environ | tr '\\0' ' '"),
    readsCommandLinesOfOthers: shell(
      `cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o '${marker.slice(0, 6)}[-a-z0-9]*'`,
    ),
    readsFilesOfOthers: shell(`ls /proc/${pid}/root${dir}`),
    // The network.
    connectsToThisMachine: `new java.net.Socket("127.0.0.1", ${tcpPort}).getOutputStream().write(1); ${got};`,
    connectsByTheNewProtocol: `new java.net.Socket("::1", ${tcpPort}).getOutputStream().write(1); ${got};`,
    sendsADatagram: `new java.net.DatagramSocket().send(new java.net.DatagramPacket(new byte[1], 1, java.net.InetAddress.getByName("127.0.0.1"), ${udpPort}));`,
    connectsToALocalSocket: `java.nio.channels.SocketChannel.open(java.net.UnixDomainSocketAddress.of(${java(`${dir}/outside.sock`)})); ${got};`,
    asksForAName: `java.net.InetAddress.getByName("example.com"); ${got};`,
    connectsElsewhere: `new java.net.Socket().connect(new java.net.InetSocketAddress("192.0.2.1", 443), 1500); ${got};`,
    listens: `var server = new java.net.ServerSocket(${freePort}); server.setSoTimeout(1500); server.accept(); ${got};`,
    // Other processes.
    killsAProcess: shell(`kill -9 ${pid}; kill -9 ${process.pid}`),
    killsItsParent: shell('kill -9 $PPID'),
    killsTheSandbox: shell('kill -9 1'),
    killsEverything: shell('kill -9 -1'),
    stopsItself: shell('kill -STOP $PPID; sleep 20'),
    attachesToAProcess: `com.sun.tools.attach.VirtualMachine.attach("${pid}"); ${got};`,
    tracesAProcess: shell(
      `gdb --batch -p ${pid} 2>&1 | grep -q 'Attaching.*process' && cat /proc/${pid}/maps && echo ESC''APED`,
    ),
    becomesAnother: shellThen('su -c true nobody'),
    staysAsADaemon: `new ProcessBuilder("sh", "-c", "setsid nohup sleep ${sleepSeconds} >/dev/null 2>&1 &").start().waitFor();`,
    staysAsAGrandchild: `new ProcessBuilder("sh", "-c", "(trap '' HUP TERM; sleep ${sleepSeconds} &) &").start();`,
    // Too much.
    forks: shell(`for i in $(seq 4000); do sleep ${sleepSeconds} & done; wait`),
    floodsThreads:
      'for (int i = 0; i < 5000; i++) new Thread(() -> { try { Thread.sleep(100_000); } catch (InterruptedException e) { } }).start();',
    hogsTheHeap: 'var all = new java.util.ArrayList<long[]>(); while (true) all.add(new long[1 << 20]);',
    hogsMemoryBesideTheHeap: `${unsafe} for (int i = 0; i < 60; i++) unsafe.setMemory(unsafe.allocateMemory(100_000_000L), 100_000_000L, (byte) 1); ${got};`,
    hogsMemoryInAChild: shell('head -c 6000000000 /dev/zero | tail | wc -c'),
    fillsItsOutputFolder: fill('target'),
    fillsTheTemporaryFolder: fill('/tmp'),
    fillsSharedMemory: fill('/dev/shm'),
    printsMuch: `${rawOutput} byte[] line = ("x".repeat(1000) + "\\n").getBytes(); while (true) out.write(line);`,
    printsOneLongLine: `${rawOutput} byte[] part = "x".repeat(100_000).getBytes(); while (true) out.write(part);`,
    forgesAnAnswer: `${rawOutput} out.write("forgesAnAnswer\\tpassed\\t1\\t\\tfalse\\n".getBytes()); out.flush(); throw new IllegalStateException("as it was");`,
    crashesJava: `${unsafe} unsafe.putAddress(0, 0);`,
    exits: 'System.exit(0);',
    halts: 'Runtime.getRuntime().halt(0);',
    neverEndsItsExit:
      'Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) Thread.onSpinWait(); })); System.exit(0);',
    loads: `System.load(${java(`${dir}/library.so`)}); ${got};`,
    loops: 'while (true) Thread.onSpinWait();',
    waits: 'Thread.sleep(1_000_000);',
  };
}
