//! What stands outside of the program: Debian's mail server, and a gateway that says what the test wants.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::PathBuf,
    pin::Pin,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use jianjia_app::core::{
    app::App,
    error::Result,
    job::{
        Doing, Lane, Work,
        running::{Outcome, Running},
        worker::{Node, arm, run_due_once},
    },
    post::{MailServer as Settings, Security},
};
use jianjia_app::office::post::{self as posts, Dispatch};
use jianjia_domain::core::{job::JobKind, post::Channel};
use tempfile::TempDir;

/// A mail server that writes what it gets into a folder.
pub struct MailServer {
    port: u16,
    folder: TempDir,
    process: Option<Child>,
}

/// A letter as its reader sees it.
#[derive(Debug)]
pub struct Received {
    pub id: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

impl MailServer {
    pub fn start() -> MailServer {
        let mut server = MailServer::to_start();
        server.begin();
        server
    }

    /// One that is not there yet: its port is free.
    pub fn to_start() -> MailServer {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        MailServer {
            port: free.local_addr().unwrap().port(),
            folder: TempDir::new().unwrap(),
            process: None,
        }
    }

    pub fn begin(&mut self) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../post/tests/smtp.py");
        // Debian's, where its packages are.
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg("127.0.0.1")
            .arg(self.port.to_string())
            .arg(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3: bin/setup installs it");
        let mut line = String::new();
        let talk = process.stdout.take().unwrap();
        BufReader::new(talk).read_line(&mut line).unwrap();
        assert!(
            !line.is_empty(),
            "python3-aiosmtpd is missing: run bin/setup"
        );
        self.process = Some(process);
    }

    pub fn settings(&self) -> Settings {
        Settings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::Plain,
            user: String::new(),
            password: String::new(),
            from: "jianjia@example.org".to_owned(),
            from_name: "常州市总工会".to_owned(),
            reply_to: String::new(),
        }
    }

    /// The files of the letters, in the order in which they came.
    pub fn letters(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".eml"))
            .collect();
        names.sort();
        names
    }

    /// A letter, read by another program than wrote it.
    pub fn read(&self, name: &str) -> Received {
        let path: PathBuf = self.folder.path().join(name);
        let script = "import sys, email, email.policy\n\
             m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
             print('\\0'.join([m['Message-ID'], m['From'], m['X-To'], m['Subject'], m.get_content()]), end='')";
        let read = Command::new("/usr/bin/python3")
            .args(["-X", "utf8", "-c", script])
            .arg(path)
            .output()
            .unwrap();
        let text = String::from_utf8(read.stdout).unwrap();
        let parts: Vec<String> = text.split('\0').map(str::to_owned).collect();
        let [id, from, to, subject, text]: [String; 5] = parts.try_into().expect("five parts");
        Received {
            id,
            from,
            to,
            subject,
            text,
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A gateway for text messages.
pub struct SmsGateway {
    pub address: String,
    answer: Arc<Mutex<(String, String)>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl SmsGateway {
    pub fn start() -> SmsGateway {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gateway = SmsGateway {
            address: format!("http://{}", listener.local_addr().unwrap()),
            answer: Arc::default(),
            asked: Arc::default(),
        };
        let (answer, asked) = (Arc::clone(&gateway.answer), Arc::clone(&gateway.asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                while !is_whole(&request) {
                    let read = stream.read(&mut piece).unwrap();
                    assert!(read > 0, "the request broke off");
                    request.extend_from_slice(&piece[..read]);
                }
                asked
                    .lock()
                    .unwrap()
                    .push(String::from_utf8(request).unwrap());
                let (status, body) = answer.lock().unwrap().clone();
                let length = body.len();
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        gateway
    }

    pub fn answer(&self, status: &str, body: &str) {
        *self.answer.lock().unwrap() = (status.to_owned(), body.to_owned());
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    request.len() >= head.len() + 4 + length.unwrap_or(0)
}

static GATHERED: Mutex<Vec<Dispatch>> = Mutex::new(Vec::new());

/// Gathers the one dispatch that is due as the job does, and ends there.
pub async fn gathered(app: &App) -> Dispatch {
    const GATHER: &[Work] = &[Work {
        kind: JobKind::Post,
        doing: Doing::Once {
            lane: Lane::Short,
            is_here: |_| true,
            run: gather,
        },
    }];
    let node = Node::new(app, GATHER);
    arm(app, &node).await.unwrap();
    let jianjia_app::core::clock::Clock::Set(now) = &app.clock else {
        panic!("the clock of tests is set");
    };
    now.fetch_add(60_000_000, std::sync::atomic::Ordering::Relaxed);
    run_due_once(app, &node, Lane::Short)
        .await
        .unwrap()
        .expect("it is due");
    GATHERED.lock().unwrap().pop().expect("a dispatch")
}

fn gather<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(async move {
        let gathered = posts::gather(app, running, &[Channel::Mail], 10).await?;
        GATHERED.lock().unwrap().extend(gathered);
        Ok(Outcome::Told(serde_json::Value::Null))
    })
}
