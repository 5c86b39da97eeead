//! Starts the program in a folder of the test, and ends what it left running.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The program with these arguments, its workspace below `folder`.
pub fn lensfinder(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lensfinder"));
    command.current_dir(folder).args(arguments).env_remove("LENSFINDER_WORKSPACE").stdin(Stdio::null());
    command
}

/// Runs it to its end and returns what it printed.
pub fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it, expects it to fail as it should (exit code 1, without a panic), and returns what it said.
pub fn fails(folder: &Path, arguments: &[&str]) -> String {
    let output = lensfinder(folder, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A server that is ended with the test, also when it fails.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server for a simulated crowd, without limits and quiz, and returns its address once it listens.
pub fn serve(folder: &Path) -> (Server, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let child = lensfinder(folder, &["serve", "--listen", &address, "--no-rate-limits", "--no-quiz"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server(child);
    for _ in 0..200 {
        if TcpStream::connect(&address).is_ok() {
            return (server, format!("http://{address}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the server did not listen on {address}");
}
