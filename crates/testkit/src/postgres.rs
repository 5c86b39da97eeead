//! A private PostgreSQL for tests, on a Unix socket in the temporary folder: no
//! port, no password, nothing to configure, no trace left.
//!
//! One server serves every test process of this user. Each process that uses it
//! holds a shared lock on `users.lock` as long as it lives, however it ends. A small
//! shell script, started with the server, stops the server and removes its folder
//! once nobody has held that lock for a few seconds.

use std::{
    fs::{self, File},
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use uuid::Uuid;

/// Waits until nobody holds `users.lock` and nobody has touched it for a while, stops the
/// server while it holds the lock itself, and removes the folder. `$1` folder, `$2` bin, `$3…` su.
const WATCHDOG: &str = r#"
home="$1"; bin="$2"; shift 2
while sleep 1; do
    [ -e "$home/users.lock" ] || exit 0
    exec 9<"$home/users.lock"
    if flock -x -n 9; then
        age=$(( $(date +%s) - $(stat -c %Y "$home/users.lock") ))
        if [ "$age" -ge 8 ]; then
            "$@" "$bin/pg_ctl" stop -D "$home/data" -m immediate -w -t 20 >/dev/null 2>&1
            rm -rf "$home"
            exit 0
        fi
    fi
    exec 9<&-
done
"#;

/// A fresh database on the private server; dropped with this value.
#[derive(Debug)]
pub struct PostgresDatabase {
    url: String,
    name: String,
    server: &'static Server,
}

impl PostgresDatabase {
    /// Makes one. `None`, with a line on standard error, when this machine has no PostgreSQL.
    ///
    /// # Panics
    /// When there is a PostgreSQL but it does not start.
    pub async fn create() -> Option<Self> {
        tokio::task::spawn_blocking(Self::create_blocking).await.expect("the task only runs commands")
    }

    fn create_blocking() -> Option<Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let Some(server) = SERVER.get_or_init(Server::use_or_start) else {
            eprintln!(
                "SKIPPED on PostgreSQL: no initdb on PATH or under /usr/lib/postgresql; install `postgresql`"
            );
            return None;
        };
        #[expect(clippy::disallowed_methods, reason = "a name nobody else has, for one test")]
        let name = format!("test_{}", Uuid::new_v4().simple());
        server.sql(&format!("CREATE DATABASE {name}"));
        let url = format!("postgres://postgres@localhost/{name}?host={}", server.home.display());
        Some(Self { url, name, server })
    }

    /// Where it is, as `Store::connect` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        self.server.sql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

#[derive(Debug)]
struct Server {
    home: PathBuf,
    bin: PathBuf,
    /// Held until the process ends.
    _in_use: File,
}

impl Server {
    fn use_or_start() -> Option<Self> {
        let bin = binaries()?;
        loop {
            let home = home();
            fs::create_dir_all(&home).expect("the temporary folder can be written");
            let users = File::create(home.join("users.lock")).expect("the temporary folder can be written");
            users.lock_shared().expect("this file system has locks");
            // The watchdog may have removed the folder, and with it the file we hold, while we waited.
            let number =
                |metadata: std::io::Result<fs::Metadata>| metadata.ok().map(|metadata| metadata.ino());
            if number(users.metadata()) != number(fs::metadata(home.join("users.lock"))) {
                continue;
            }
            let server = Self { home, bin, _in_use: users };
            server.start_unless_running();
            return Some(server);
        }
    }

    fn start_unless_running(&self) {
        let starting = File::create(self.home.join("start.lock")).expect("the folder exists");
        starting.lock().expect("this file system has locks");
        if self.answers() {
            return;
        }
        let data = self.home.join("data");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&self.home));
        }
        if data.exists() {
            // Left over from a start that was killed, or from before the machine was switched off.
            self.as_server_user("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(&data).output().ok();
            fs::remove_dir_all(&data).expect("the temporary folder can be tidied up");
        }
        let data = data.to_str().expect("the temporary folder has a plain name");
        run(self
            .as_server_user("initdb")
            .args(["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .args(["--no-sync", "--locale=C"]));
        let home = self.home.display();
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{home}' -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"
        );
        let log = format!("{home}/server.log");
        run(self
            .as_server_user("pg_ctl")
            .args(["start", "-w", "-t", "60", "-D", data, "-l", &log, "-o", &options]));
        self.start_watchdog();
    }

    fn start_watchdog(&self) {
        // In the background of a shell that ends at once, so that it is nobody's child; in a process
        // group of its own, so that Ctrl-C on the tests does not end it before it has tidied up.
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"sh -c "$0" watchdog "$@" </dev/null >/dev/null 2>&1 &"#, WATCHDOG]);
        shell.arg(&self.home).arg(&self.bin).args(server_user()).process_group(0);
        run(&mut shell);
    }

    /// PostgreSQL refuses to run as root; then the system's `postgres` user runs it.
    fn as_server_user(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut words = server_user().into_iter();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = Command::new(first);
                command.args(words).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/");
        command
    }

    fn answers(&self) -> bool {
        self.psql("SELECT 1").output().is_ok_and(|output| output.status.success())
    }

    fn sql(&self, statement: &str) {
        run(&mut self.psql(statement));
    }

    fn psql(&self, statement: &str) -> Command {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.arg("-h").arg(&self.home).args(["-U", "postgres", "-d", "postgres", "-qX"]);
        psql.args(["-v", "ON_ERROR_STOP=1", "-c", statement]);
        psql
    }
}

fn server_user() -> Vec<&'static str> {
    if is_root() { vec!["runuser", "-u", "postgres", "--"] } else { Vec::new() }
}

/// The folder that holds `initdb` and its companions.
fn binaries() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    let folders = debian.into_iter().rev().chain(std::env::split_paths(&on_path));
    folders
        .into_iter()
        .find(|folder| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).exists()))
}

fn is_root() -> bool {
    owner_of(Path::new("/proc/self")) == Some(0)
}

fn owner_of(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| metadata.uid())
}

fn home() -> PathBuf {
    let user = owner_of(Path::new("/proc/self")).unwrap_or(0);
    std::env::temp_dir().join(format!("lensfinder-test-postgres-{user}"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{words}");
}
