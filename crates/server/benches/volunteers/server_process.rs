//! The server as a process of its own, and what the system says it takes (Linux).

use std::{path::Path, process::Stdio, sync::Arc, time::Duration};

use domain::Clock;
use server::{AppState, MailRoute, MailSettings, Rate, RateLimits, ServerConfig};
use store::Store;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use super::{Failure, today};

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> domain::Timestamp {
        today()
    }
}

/// The server over a workspace, with what the shipped program sets, until it is killed.
pub async fn serve(folder: &Path, address: &str) -> Result<(), Failure> {
    let clock = Arc::new(SystemClock);
    let url = format!("sqlite:{}", folder.join("lensfinder.db").display());
    let store = Store::connect(&url, clock.clone()).await?;
    // The limits are asked, but let 8 people do the work of hundreds.
    let generous = Some(Rate { burst: 1_000_000, per_second: 1e6 });
    let rate_limits = RateLimits {
        attempts_per_address: generous,
        attempts_per_account: generous,
        work_per_volunteer: generous,
        letters_per_address: generous,
        letters_per_account: generous,
        lessons_per_address: generous,
        feedback_per_writer: generous,
        pictures_per_volunteer: generous,
    };
    let route = MailRoute::Folder(folder.join("mail"));
    let mail = Some(MailSettings { route, from: "Lensfinder <lensfinder@localhost.localdomain>".to_owned() });
    let config = ServerConfig { rate_limits, mail, ..ServerConfig::default() };
    let state = AppState::new(store, folder.join("images"), clock, domain::Seed::root(41), config);
    let listener = TcpListener::bind(address).await?;
    server::serve(state, listener, async {
        let _ = tokio::signal::ctrl_c().await;
    })
    .await?;
    Ok(())
}

/// A running server; it is killed when this is dropped.
pub struct ServerProcess {
    child: Child,
    pid: u32,
    pub address: String,
}

impl ServerProcess {
    /// Starts it and waits until it takes connections.
    pub async fn start(folder: &Path) -> Result<Self, Failure> {
        // Another process may take the port between this and the server; then the run fails.
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut command = match std::env::var_os("LENSFINDER") {
            Some(program) => {
                let mut command = Command::new(program);
                command.arg("serve").arg("--workspace").arg(folder);
                command.args(["--listen", &address, "--no-rate-limits"]);
                command
            }
            None => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("serve").arg(folder).arg(&address);
                command
            }
        };
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
        let pid = child.id().ok_or("the server ended at once")?;
        let mut server = Self { child, pid, address };
        for _ in 0..300 {
            if TcpStream::connect(&server.address).await.is_ok() {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended: {status}").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("the server did not open its port within 30 s".into())
    }

    /// What it has used of the processors.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // After the name, which may hold spaces: the state is field 3, user and system time 14 and 15.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/<pid>/stat reads otherwise")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let ticks: u64 = ticks.sum::<Result<_, _>>()?;
        // USER_HZ is 100 on Linux.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// The most memory it has held.
    pub fn peak_bytes(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
    }

    /// Ends it and waits until it is gone.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.child.kill().await?;
        Ok(())
    }
}
