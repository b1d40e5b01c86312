//! `jianjia post --try` against a real mail server that insists on encryption and a password.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// Not one of the names of this machine by which the program speaks without encryption.
const HOST: &str = "127.0.0.2";

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A key and a certificate that is its own authority.
fn certificate(folder: &Path) {
    let settings = format!(
        "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\nCN=mail.test\n[ext]\nsubjectAltName=IP:{HOST}\nbasicConstraints=critical,CA:FALSE\n"
    );
    fs::write(folder.join("openssl.cnf"), settings).unwrap();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-config",
            "openssl.cnf",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
        ])
        .current_dir(folder)
        .output()
        .expect("openssl: bin/setup installs it");
    assert!(made.status.success(), "{made:?}");
}

fn server(folder: &Path) -> Server {
    let letters = folder.join("letters");
    fs::create_dir(&letters).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../post/tests/smtp.py");
    let mut process = Command::new("/usr/bin/python3")
        .args([script, HOST, "0"])
        .arg(&letters)
        .args([folder.join("certificate.pem"), folder.join("key.pem")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3: bin/setup installs it");
    let mut line = String::new();
    let talk = process.stdout.take().unwrap();
    BufReader::new(talk).read_line(&mut line).unwrap();
    let port = line
        .trim()
        .parse()
        .expect("aiosmtpd: bin/setup installs it");
    Server { process, port }
}

fn tried(folder: &Path, port: u16, to: &str, password: &str, trusts: bool) -> Output {
    let configuration = format!(
        "address = \"https://jianjia.example/\"\n[mail]\nserver = \"smtp://{HOST}:{port}\"\nuser = \"jianjia\"\nfrom = \"常州市总工会 <jianjia@example.org>\"\n"
    );
    fs::write(folder.join("jianjia.toml"), configuration).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianjia"));
    command
        .args(["post", "--try", to, "--dir"])
        .arg(folder)
        .env("JIANJIA_MAIL_PASSWORD", password);
    if trusts {
        command.env("SSL_CERT_FILE", folder.join("certificate.pem"));
    }
    command.output().unwrap()
}

#[test]
fn a_trial_goes_encrypted_to_a_server_that_is_trusted_and_says_what_it_answered() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    certificate(folder);
    let server = server(folder);
    let sent = tried(folder, server.port, "li@example.com", "secret", true);
    let said = String::from_utf8(sent.stdout.clone()).unwrap();
    assert_eq!(
        said, "sent; the answer was: 250 taken as 0000.eml\n",
        "{sent:?}"
    );
    let letter = fs::read_to_string(folder.join("letters/0000.eml")).unwrap();
    assert!(letter.contains("X-To: li@example.com"), "{letter}");
    for (to, password, trusts, expect) in [
        ("li@example.com", "secret", false, "nothing was sent"),
        ("li@example.com", "wrong", true, "535"),
        (
            "refused@example.com",
            "secret",
            true,
            "the address is refused",
        ),
        ("later@example.com", "secret", true, "it may succeed later"),
        ("13800000001", "secret", true, "no gateway is set up"),
    ] {
        let failed = tried(folder, server.port, to, password, trusts);
        let said = String::from_utf8(failed.stderr.clone()).unwrap();
        assert!(!failed.status.success() && said.contains(expect), "{said}");
        assert!(
            !said.contains("secret") && !said.contains("wrong"),
            "{said}"
        );
    }
    assert_eq!(fs::read_dir(folder.join("letters")).unwrap().count(), 1);
}
