//! The program itself, serving, as a test talks to it.

mod away;
mod disk;
mod ending;
mod proxy;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// Longest time for what should happen soon, on a busy machine.
pub const SOON: Duration = Duration::from_secs(40);

/// Between two looks at what tells nobody when it happens.
pub const BETWEEN: Duration = Duration::from_millis(20);

pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a command that serves, and waits for the address it tells.
    pub fn start(command: &mut Command) -> Server {
        let mut child = command
            .env_remove("JIANJIA_DATABASE")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut talk = BufReader::new(child.stderr.take().expect("its words"));
        let mut told = String::new();
        let address = loop {
            let mut line = String::new();
            let read = talk.read_line(&mut line).expect("words are UTF-8");
            told.push_str(&line);
            assert!(read > 0, "the server did not start: {told}");
            if let Some(address) = line.trim().strip_prefix("http://") {
                break address.trim_end_matches('/').parse().expect("an address");
            }
        };
        // What it says later is read on, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut talk, &mut std::io::sink()));
        Server { child, address }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A connection on which these words were sent.
    pub fn says(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("it takes connections");
        stream.set_read_timeout(Some(SOON)).expect("a limit");
        stream.write_all(words.as_bytes()).expect("it hears");
        stream
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a number");
        kill_process(Pid::from_raw(pid).expect("a process"), signal).expect("it runs");
    }

    /// Waits until no connection is taken any more.
    pub fn refuses(&self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_ok() {
            assert!(begun.elapsed() < SOON, "it goes on serving");
            std::thread::sleep(BETWEEN);
        }
    }

    /// How it ended, and how long that took; it must end within a time.
    pub fn ended(&mut self, within: Duration) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is a child of ours") {
                return (status, begun.elapsed());
            }
            assert!(begun.elapsed() < within, "it does not end");
            std::thread::sleep(BETWEEN);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes until the connection is ended.
pub fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
