//! A real nginx with the shipped configuration before the real program.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use jianjia_store::{core::db::Db, testing};
use tempfile::TempDir;

use crate::serving::{BETWEEN, SOON, Server};

const HOST: &str = "jianjia.example.org";

/// nginx, its ports and its folder.
struct Proxy {
    process: Child,
    https: u16,
    http: u16,
    folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its master ends the workers.
        let pid = i32::try_from(self.process.id()).expect("a number");
        if let Some(pid) = rustix::process::Pid::from_raw(pid) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").port()
}

impl Proxy {
    /// The shipped configuration; only addresses and paths are others.
    fn before(app: SocketAddr) -> Proxy {
        let folder = tempfile::tempdir().expect("a folder");
        let (https, http) = (free_port(), free_port());
        certificate(folder.path());
        let here = folder.path().display().to_string();
        let shipped = include_str!("../../../../packaging/nginx.conf");
        let mut site = String::new();
        for line in shipped.lines().filter(|line| !line.contains("[::]")) {
            site.push_str(line);
            site.push('\n');
        }
        for (ours, theirs) in [
            ("127.0.0.1:8016", app.to_string()),
            ("listen 80;", format!("listen 127.0.0.1:{http};")),
            ("listen 443 ", format!("listen 127.0.0.1:{https} ")),
            (
                "/etc/letsencrypt/live/jianjia.example.org/fullchain.pem",
                format!("{here}/certificate.pem"),
            ),
            (
                "/etc/letsencrypt/live/jianjia.example.org/privkey.pem",
                format!("{here}/key.pem"),
            ),
            ("/var/log/nginx/jianjia.log", format!("{here}/access.log")),
        ] {
            assert!(site.contains(ours), "{ours} stands in the configuration");
            site = site.replace(ours, &theirs);
        }
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .collect();
        // Workers of root's would otherwise be nobody's, who can't enter this folder.
        let configuration = format!(
            "user root;\ndaemon off;\npid {here}/pid;\nerror_log {here}/error.log;\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
        );
        fs::write(folder.path().join("nginx.conf"), configuration).expect("a file");
        let installed = Path::new("/usr/sbin/nginx");
        let program = if installed.exists() {
            installed
        } else {
            Path::new("nginx")
        };
        let process = Command::new(program)
            .args(["-e", &format!("{here}/error.log"), "-p", &here, "-c"])
            .arg(folder.path().join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx: bin/setup installs it");
        let proxy = Proxy {
            process,
            https,
            http,
            folder,
        };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", https)).is_err() {
            assert!(begun.elapsed() < SOON, "it starts: {}", proxy.errors());
            std::thread::sleep(BETWEEN);
        }
        proxy
    }

    fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    /// An encrypted connection on which these words were sent.
    fn says(&self, from: &str, words: &[u8]) -> Child {
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-connect"])
            .arg(format!("127.0.0.1:{}", self.https))
            .args(["-bind", &format!("{from}:0"), "-servername", HOST])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl: bin/setup installs it");
        // A server that refuses a large body hangs up before its end.
        let _ = client.stdin.as_mut().expect("its input").write_all(words);
        client
    }

    /// The answer to a request, which asks for the connection to be closed.
    fn answer(&self, from: &str, words: &[u8]) -> String {
        let mut client = self.says(from, words);
        let mut answer = Vec::new();
        let mut output = client.stdout.take().expect("its output");
        output.read_to_end(&mut answer).expect("an answer");
        client.wait().expect("it ends");
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn get(&self, path: &str, headers: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n{headers}\r\n");
        self.answer("127.0.0.1", request.as_bytes())
    }

    fn post(&self, from: &str, path: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {HOST}\r\norigin: https://{HOST}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.answer(from, request.as_bytes())
    }
}

/// A key and a certificate that nobody checks.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
        .args(["-subj", "/CN=jianjia.example.org"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl: bin/setup installs it");
    assert!(made.status.success(), "{made:?}");
}

/// The connections that the program at a port has.
fn connections(port: u16) -> usize {
    let here = format!(":{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux");
    let lines = table.lines().skip(1).map(str::split_whitespace);
    lines
        .filter(|line| {
            let parts: Vec<&str> = line.clone().take(4).collect();
            // Established.
            parts[1].ends_with(&here) && parts[3] == "01"
        })
        .count()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

fn header<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("a form");
    rest.split_once('"').expect("a form").0
}

fn jianjia(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command.args(words).arg("--dir").arg(dir);
    command.env_remove("JIANJIA_DATABASE");
    command
}

#[tokio::test]
async fn a_city_behind_the_shipped_nginx() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let made = jianjia(dir, &["account", "wangfang"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let password = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--https",
        "--behind-proxy",
    ];
    let server = Server::start(&mut jianjia(dir, &serve));
    let proxy = Proxy::before(server.address);

    // Whoever is slow waits at nginx: with half a head, and with half a body.
    let heads = (0..8).map(|_| proxy.says("127.0.0.1", b"GET / HTTP/1.1\r\nhost: jian"));
    let bodies = (0..8).map(|_| {
        let half = format!(
            "POST /sign-in HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 90000\r\n\r\nlogin=wang"
        );
        proxy.says("127.0.0.1", half.as_bytes())
    });
    let slow: Vec<Child> = heads.chain(bodies).collect();
    let begun = Instant::now();
    // They are all connected, and had the time to send what they sent.
    while connections(proxy.https) < slow.len() {
        assert!(begun.elapsed() < SOON, "{}", proxy.errors());
        std::thread::sleep(BETWEEN);
    }
    // That they hold nothing of the program's nobody tells.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(connections(server.address.port()), 0, "{}", proxy.errors());
    for mut client in slow {
        let _ = client.kill();
        let _ = client.wait();
    }

    let page = proxy.get("/sign-in", "");
    assert_eq!(status(&page), "200", "{page} {}", proxy.errors());
    for (name, expect) in [
        ("strict-transport-security", "max-age=31536000"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("server", "nginx"),
    ] {
        assert_eq!(header(&page, name), [expect], "{page}");
    }
    assert_eq!(header(&page, "content-security-policy").len(), 1, "{page}");

    // Signed in, the person is where nginx saw them, and not where they say they are.
    let cookies: Vec<&str> = header(&page, "set-cookie")
        .iter()
        .map(|cookie| cookie.split(';').next().unwrap())
        .collect();
    assert!(cookies.iter().all(|cookie| cookie.starts_with("__Host-")));
    let form = format!(
        "csrf={}&login=wangfang&password={password}",
        field(&page, "csrf")
    );
    let headers = format!(
        "cookie: {}\r\nx-forwarded-for: 198.51.100.7\r\nforwarded: for=198.51.100.7\r\nx-real-ip: 198.51.100.7\r\n",
        cookies.join("; ")
    );
    let signed_in = proxy.post("127.9.0.9", "/sign-in", &headers, &form);
    assert_eq!(status(&signed_in), "303", "{signed_in}");
    let url = format!("sqlite://{}", dir.join("jianjia.db").display());
    let db = Db::open(&url).await.unwrap();
    let mut tx = db.write("test").await.unwrap();
    let networks = testing::text(&mut tx, "SELECT network FROM session").await;
    // Of the visitor's own address, which is not nginx's, so much is kept.
    assert_eq!(networks, "127.9.*.*");
    drop(tx);

    // The metrics are for the machine itself, whatever a visitor says.
    for headers in ["", "x-forwarded-for: 127.0.0.1\r\n"] {
        assert_eq!(status(&proxy.get("/metrics", headers)), "404");
    }

    // A form too large is refused with our sentence, and what is larger than any by nginx, before it is sent.
    let large = format!("text={}", "x".repeat(2 << 20));
    let refused = proxy.post("127.0.0.1", "/sign-in", &headers, &large);
    assert_eq!(status(&refused), "413", "{refused}");
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ncontent-length: 900000000\r\n\r\n"
    );
    let refused = proxy.answer("127.0.0.1", head.as_bytes());
    assert_eq!(status(&refused), "413", "{refused}");
    assert!(refused.contains("每个文件不超过 20 MB"), "{refused}");

    // Whoever comes without encryption is sent on.
    let plain = TcpStream::connect(("127.0.0.1", proxy.http)).unwrap();
    let moved = asked(plain, "GET /roll?q=1 HTTP/1.0\r\nhost: x\r\n\r\n");
    assert_eq!(status(&moved), "308", "{moved}");
    assert_eq!(
        header(&moved, "location"),
        ["https://jianjia.example.org/roll?q=1"]
    );

    // Of voters, of what certificates say, and of what is searched for, the log says nothing.
    proxy.get("/v/ABCD2345EFGH?x=1", "");
    proxy.get("/c/SIGNED.SIGNED.SIGNED", "");
    proxy.get("/roll?q=secret", "");
    let begun = Instant::now();
    let log = loop {
        let log = fs::read_to_string(proxy.folder.path().join("access.log")).unwrap();
        if log.contains("\"GET /roll\"") {
            break log;
        }
        assert!(begun.elapsed() < SOON, "{log}");
        std::thread::sleep(BETWEEN);
    };
    let hidden = ["ABCD", "SIGNED", "secret"];
    assert!(hidden.iter().all(|word| !log.contains(word)), "{log}");

    // While the program is away, nginx says so in words.
    drop(server);
    let away = proxy.get("/", "");
    assert_eq!(status(&away), "503", "{away}");
    assert!(away.contains("系统正在重新启动"), "{away}");
}

fn asked(mut stream: TcpStream, words: &str) -> String {
    stream.write_all(words.as_bytes()).expect("it hears");
    super::rest(stream)
}
