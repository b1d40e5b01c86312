//! `jianjia certificate-keys` and `jianjia verify-certificate`: the public keys of an instance, and what anybody does with them, without a network and
//! without a database.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use jianjia_app::{
    core::clock::Clock,
    honour::certificate::{
        PAGE, key as keys,
        token::{self, Claims, Fault, Keys, LONGEST_LIST, ListClaims},
    },
};
use jianjia_domain::{core::day, honour::certificate::Status};
use jiff::{Timestamp, civil::Date};

use crate::{
    instance::{self, Instance},
    output::{say, tell},
};

/// Prints the public keys that verify this instance's certificates, as a JWKS; the same as `/.well-known/jwks.json`
#[derive(Args)]
pub struct CertificateKeys {
    #[command(flatten)]
    instance: Instance,
}

pub fn print_keys(command: &CertificateKeys) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let jwks = keys::jwks(&app).await;
        app.db.close().await;
        say!("{}", jwks?)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Verifies a certificate by the city's public keys, without network and without a database
///
/// Says in a sentence what it is, and what it says. The exit status is 0 for a genuine certificate whose title stands (or, without --status-list, may
/// stand), 1 for one that is not genuine or whose title is revoked or suspended, 2 where it can't be told.
#[derive(Args)]
pub struct VerifyCertificate {
    /// The city's public keys, as `jianjia certificate-keys` or /.well-known/jwks.json gives them
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
    /// The city's status list, as /certificates/status-list gives it; without it nothing is said of what became of the title
    #[arg(long, value_name = "FILE")]
    status_list: Option<PathBuf>,
    /// Take this day for today, by which the status list must not be out of date [default: the machine's clock]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// What the certificate's code holds: the address or its last part; - reads it from standard input
    #[arg(value_name = "TOKEN")]
    token: String,
}

const NOT_TOLD: u8 = 2;

pub fn verify(command: &VerifyCertificate) -> Result<ExitCode> {
    let clock = command.today.map_or(Clock::Real, Clock::standing_at);
    match verified(command, clock.now()) {
        Ok(Verdict::Good(sentence)) => {
            say!("{sentence}")?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(Verdict::Bad(sentence)) => {
            say!("{sentence}")?;
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            tell!("jianjia: it can't be told whether the certificate is genuine: {error:#}");
            Ok(ExitCode::from(NOT_TOLD))
        }
    }
}

enum Verdict {
    Good(String),
    Bad(String),
}

fn verified(command: &VerifyCertificate, now: Timestamp) -> Result<Verdict> {
    let path = &command.keys;
    let keys = Keys::read(&text(path)?).with_context(|| path.display().to_string())?;
    let list = match &command.status_list {
        Some(path) => Some(current(&keys, path, now)?),
        None => None,
    };
    let typed = match command.token.as_str() {
        "-" => read(io::stdin(), "standard input")?,
        typed => typed.to_owned(),
    };
    let claims = match token::certificate(&keys, token_of(&typed)) {
        Ok((_, claims)) => claims,
        Err(fault) => return Ok(Verdict::Bad(told_of(fault).to_owned())),
    };
    let said = said(&claims);
    let Some(list) = list else {
        return Ok(Verdict::Good(format!(
            "Genuine: {said} Whether the title still stands is not known without --status-list."
        )));
    };
    let unpacked = list.status_list.unpacked()?;
    let as_of = day::local_minute(Timestamp::from_second(list.iat)?);
    Ok(match unpacked.status(claims.index) {
        Some(Status::Valid) => Verdict::Good(format!(
            "Genuine, and the title was in force at {as_of}: {said}"
        )),
        Some(Status::Ended) => Verdict::Good(format!(
            "Genuine, and the title was not revoked at {as_of}; the unit that held it was merged or closed. {said} The address of the certificate names the successor."
        )),
        Some(Status::Suspended) => Verdict::Bad(format!(
            "Genuine, but the title was suspended at {as_of}: {said}"
        )),
        Some(Status::Invalid) => Verdict::Bad(format!(
            "Genuine once, but the title was revoked or withdrawn by {as_of}: {said}"
        )),
        None => bail!("the status list of {as_of} is older than the certificate; fetch it again"),
    })
}

fn told_of(fault: Fault) -> &'static str {
    match fault {
        Fault::NoToken => {
            "Not genuine: this is no certificate's code, or it was not read as a whole."
        }
        Fault::Foreign => {
            "Not genuine here: the key that it names is not among these keys. It is another city's, or forged, or the file of keys is old."
        }
        Fault::Altered => "Not genuine: it was altered or forged; the signature is wrong.",
    }
}

fn said(claims: &Claims) -> String {
    let holder = match claims.person.as_str() {
        "" => claims.holder.clone(),
        person => format!("{person} ({})", claims.holder),
    };
    let Claims {
        number,
        title_name,
        year,
        office,
        named_on,
        ..
    } = claims;
    format!("{holder}, {title_name} {year}, number {number}, named by {office} on {named_on}.")
}

/// A status list that is signed by one of the keys and not out of date.
fn current(keys: &Keys, path: &Path, now: Timestamp) -> Result<ListClaims> {
    let text = text(path)?;
    let Ok((_, list)) = token::list(keys, text.trim()) else {
        bail!("{} is no status list of this city", path.display());
    };
    if list.exp < now.as_second() {
        let until = day::local_minute(Timestamp::from_second(list.exp)?);
        bail!("the status list was good until {until}; fetch it again");
    }
    Ok(list)
}

/// The token in what was typed: an address ends with it.
fn token_of(typed: &str) -> &str {
    let typed = typed.trim();
    typed.rsplit_once(PAGE).map_or(typed, |(_, token)| token)
}

fn text(path: &Path) -> Result<String> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| name.clone())?;
    read(file, &name)
}

/// Everything of a source, as far as a status list may be long.
fn read(source: impl Read, name: &str) -> Result<String> {
    let mut text = String::new();
    let most = LONGEST_LIST as u64;
    let length = source
        .take(most + 1)
        .read_to_string(&mut text)
        .with_context(|| name.to_owned())?;
    if length as u64 > most {
        bail!("{name} is larger than any file of this kind");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jianjia_app::honour::certificate::token::{Signer, StatusList};
    use jiff::civil::date;

    use super::*;

    /// A city's files, and what its certificate's code holds.
    struct Given {
        folder: tempfile::TempDir,
        signer: Signer,
        token: String,
    }

    fn given() -> Given {
        let signer = Signer::new(&[7; 32]);
        let claims = Claims {
            number: "常信赖家〔2016〕7号".to_owned(),
            holder: "甲厂工会".to_owned(),
            person: "张三丰".to_owned(),
            title: "trusted-kin".to_owned(),
            title_name: "职工最可信赖娘家人".to_owned(),
            year: 2016,
            office: "常州市总工会".to_owned(),
            named_on: date(2017, 4, 20),
            index: 9,
        };
        let folder = tempfile::tempdir().unwrap();
        let public = signer.public_key();
        let keys = Keys::of([public.as_str()]).unwrap().jwks();
        fs::write(folder.path().join("keys.json"), keys).unwrap();
        Given {
            token: signer.certificate(&claims).unwrap(),
            folder,
            signer,
        }
    }

    const MADE_AT: i64 = 1_500_000_000;

    impl Given {
        fn list(&self, signer: &Signer, statuses: &[(i64, Status)]) {
            let claims = ListClaims {
                sub: String::new(),
                iat: MADE_AT,
                exp: MADE_AT + 86_400,
                ttl: 30,
                status_list: StatusList::of(statuses).unwrap(),
            };
            let file = self.folder.path().join("list");
            fs::write(file, signer.list(&claims).unwrap()).unwrap();
        }

        /// What it says so many seconds after the list was made: yes, no, or that it can't tell.
        fn told(&self, token: &str, with_list: bool, after: i64) -> (char, String) {
            let folder = self.folder.path();
            let command = VerifyCertificate {
                keys: folder.join("keys.json"),
                status_list: with_list.then(|| folder.join("list")),
                today: None,
                token: token.to_owned(),
            };
            let now = Timestamp::from_second(MADE_AT + after).unwrap();
            match verified(&command, now) {
                Ok(Verdict::Good(sentence)) => ('y', sentence),
                Ok(Verdict::Bad(sentence)) => ('n', sentence),
                Err(error) => ('?', format!("{error:#}")),
            }
        }
    }

    #[test]
    fn a_certificate_is_verified_from_files_alone_and_told_in_a_sentence() {
        let given = given();
        let (answer, sentence) = given.told(&given.token, false, 0);
        assert_eq!(answer, 'y');
        assert_eq!(
            sentence,
            "Genuine: 张三丰 (甲厂工会), 职工最可信赖娘家人 2016, number 常信赖家〔2016〕7号, named by 常州市总工会 on 2017-04-20. Whether the title still stands is not known without --status-list."
        );
        for (status, expect, word) in [
            (Status::Valid, 'y', "in force at 2017-07-14 10:40"),
            (Status::Ended, 'y', "merged or closed"),
            (Status::Suspended, 'n', "suspended"),
            (Status::Invalid, 'n', "revoked or withdrawn"),
        ] {
            given.list(&given.signer, &[(0, Status::Valid), (9, status)]);
            let address = format!("https://jia.example/c/{}", given.token);
            let (answer, sentence) = given.told(&address, true, 60);
            assert_eq!(answer, expect, "{sentence}");
            assert!(sentence.contains(word), "{sentence}");
        }
    }

    #[test]
    fn what_is_not_genuine_is_refused_and_an_old_or_foreign_list_tells_nothing() {
        let given = given();
        let (signed, signature) = given.token.rsplit_once('.').unwrap();
        let altered = format!("{signed}.{}", signature.to_lowercase());
        let other = Signer::new(&[8; 32]);
        for (token, word) in [
            ("hello", "no certificate's code"),
            (altered.as_str(), "altered or forged"),
        ] {
            let (answer, sentence) = given.told(token, false, 0);
            assert!(answer == 'n' && sentence.contains(word), "{sentence}");
        }
        given.list(&given.signer, &[(9, Status::Valid)]);
        assert_eq!(given.told(&given.token, true, 86_400).0, 'y');
        let (answer, sentence) = given.told(&given.token, true, 86_401);
        assert!(
            answer == '?' && sentence.contains("fetch it again"),
            "{sentence}"
        );
        given.list(&other, &[(9, Status::Valid)]);
        let (answer, sentence) = given.told(&given.token, true, 0);
        assert!(
            answer == '?' && sentence.contains("no status list of this city"),
            "{sentence}"
        );
        // Of a certificate that came after it a list says nothing.
        given.list(&given.signer, &[(2, Status::Invalid)]);
        let (answer, sentence) = given.told(&given.token, true, 0);
        assert!(
            answer == '?' && sentence.contains("older than the certificate"),
            "{sentence}"
        );
        fs::write(given.folder.path().join("keys.json"), "{}").unwrap();
        assert_eq!(given.told(&given.token, false, 0).0, '?');
    }

    #[test]
    fn an_address_ends_with_its_token() {
        for typed in [
            "a.b.c",
            " a.b.c\n",
            "https://jia.example/c/a.b.c",
            "http://localhost:8016/c/a.b.c\r\n",
        ] {
            assert_eq!(token_of(typed), "a.b.c");
        }
    }
}
