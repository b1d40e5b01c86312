//! By what people are told beside their inbox: a mail server, a gateway for text messages. Only the settings; `jianjia-post` speaks with both.

use anyhow::{Context, Result, bail, ensure};
use jianjia_domain::core::{
    post::{Channel, PostState},
    text::address::is_mail,
};
use jianjia_store::core::post;

use crate::core::app::App;

/// What is set up. Secrets are in it: it has no `Debug`.
#[derive(Clone, Default)]
pub struct Post {
    /// The address by which people reach the program, for links: `https://jianjia.example`, without a slash at its end.
    pub address: String,
    pub mail: Option<MailServer>,
    pub telephone: Option<Gateway>,
}

impl Post {
    /// The channels that are set up.
    pub fn channels(&self) -> &'static [Channel] {
        match (&self.mail, &self.telephone) {
            (Some(_), Some(_)) => &[Channel::Mail, Channel::Telephone],
            (Some(_), None) => &[Channel::Mail],
            (None, Some(_)) => &[Channel::Telephone],
            (None, None) => &[],
        }
    }
}

/// The figures for those who watch the program: messages by channel, state, and whether the last attempt failed.
pub async fn counted(app: &App) -> Result<Vec<(Channel, PostState, bool, i64)>> {
    let mut tx = app.db.read().await?;
    post::figures(&mut tx).await
}

#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Empty: the server asks for none.
    pub user: String,
    pub password: String,
    /// A bare address.
    pub from: String,
    /// The name before it; may be empty.
    pub from_name: String,
    /// A bare address; empty for none.
    pub reply_to: String,
}

/// How the connection to a mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from its beginning.
    Tls,
    /// TLS after STARTTLS; without it nothing is sent.
    StartTls,
    /// None, which only a server on this machine gets.
    Plain,
}

impl MailServer {
    /// Reads the settings: a server as `smtps://host:465` (TLS) or `smtp://host:587` (STARTTLS, or plain on this machine).
    ///
    /// # Errors
    /// When one can't be used: the sentence names it.
    pub fn read(
        server: &str,
        user: Option<String>,
        password: Option<String>,
        from: &str,
        reply_to: Option<String>,
    ) -> Result<MailServer> {
        let (scheme, rest) = server.split_once("://").unwrap_or(("smtp", server));
        let rest = rest.trim_end_matches('/');
        let (host, port) = split_port(rest)?;
        let security = match scheme {
            "smtps" => Security::Tls,
            "smtp" if is_this_machine(host) => Security::Plain,
            "smtp" => Security::StartTls,
            other => bail!(
                "mail server: {other}:// is unknown; write smtps://host:465 or smtp://host:587"
            ),
        };
        ensure!(!host.is_empty(), "mail server: it has no host");
        ensure!(
            user.is_some() == password.is_some(),
            "mail user and mail password go together"
        );
        let (from_name, from) = named(from);
        ensure!(
            is_mail(&from),
            "mail from is no address: write \"常州市总工会 <jianjia@example.org>\""
        );
        let reply_to = reply_to.unwrap_or_default();
        ensure!(
            reply_to.is_empty() || is_mail(&reply_to),
            "mail reply_to is no address"
        );
        let usual = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        };
        Ok(MailServer {
            host: host.to_owned(),
            port: port.unwrap_or(usual),
            security,
            user: user.unwrap_or_default(),
            password: password.unwrap_or_default(),
            from,
            from_name,
            reply_to,
        })
    }
}

/// The parts of `常州市总工会 <jianjia@example.org>`.
fn named(text: &str) -> (String, String) {
    match text.split_once('<') {
        Some((name, address)) => (
            name.trim().trim_matches('"').to_owned(),
            address.trim().trim_end_matches('>').trim().to_owned(),
        ),
        None => (String::new(), text.trim().to_owned()),
    }
}

fn split_port(text: &str) -> Result<(&str, Option<u16>)> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.contains(']') => {
            let port = port.parse().context("the port is no number")?;
            Ok((host.trim_matches(['[', ']']), Some(port)))
        }
        _ => Ok((text.trim_matches(['[', ']']), None)),
    }
}

fn is_this_machine(host: &str) -> bool {
    ["localhost", "127.0.0.1", "::1"].contains(&host)
}

/// How text messages are handed to whoever sends them. `url` and `body` hold `{telephone}`, `{text}` and `{signature}`, which are written as the place
/// asks for it: percent-encoded in an address and in a form, escaped in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Gateway {
    pub url: String,
    /// `POST` or `GET`.
    pub method: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The name under which messages are sent, as it was registered.
    pub signature: String,
    /// What the answer holds when the message was taken; empty: any answer of success.
    pub success: String,
}

impl Gateway {
    /// # Errors
    /// When the settings can't be used: the sentence names which.
    pub fn checked(self) -> Result<Gateway> {
        let rest = match self.url.split_once("://") {
            Some(("https", rest)) => rest,
            Some(("http", rest)) if is_this_machine(host_of(rest)) => rest,
            _ => bail!("telephone url must begin with https:// (http:// only on this machine)"),
        };
        ensure!(!host_of(rest).is_empty(), "telephone url has no host");
        ensure!(
            ["POST", "GET"].contains(&self.method.as_str()),
            "telephone method is POST or GET"
        );
        let holds = |place: &str| self.url.contains(place) || self.body.contains(place);
        ensure!(
            holds("{telephone}") && holds("{text}"),
            "telephone body (or url) must hold {{telephone}} and {{text}}"
        );
        Ok(self)
    }
}

fn host_of(rest: &str) -> &str {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    split_port(&rest[..end]).map_or("", |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(server: &str) -> Result<(String, u16, Security)> {
        let read = MailServer::read(server, None, None, "常州市总工会 <j@example.org>", None)?;
        assert_eq!(
            (read.from_name.as_str(), read.from.as_str()),
            ("常州市总工会", "j@example.org")
        );
        Ok((read.host, read.port, read.security))
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_encryption() {
        for (text, expect) in [
            ("smtps://mail.example", ("mail.example", 465, Security::Tls)),
            (
                "smtp://mail.example",
                ("mail.example", 587, Security::StartTls),
            ),
            (
                "smtp://mail.example:25",
                ("mail.example", 25, Security::StartTls),
            ),
            (
                "smtp://localhost:1025",
                ("localhost", 1025, Security::Plain),
            ),
            ("smtp://[::1]:1025", ("::1", 1025, Security::Plain)),
        ] {
            let (host, port, security) = server(text).unwrap();
            assert_eq!((host.as_str(), port, security), expect, "{text}");
        }
        assert!(server("imap://mail.example").is_err());
        assert!(server("smtp://mail.example:x").is_err());
    }

    #[test]
    fn a_gateway_is_reached_by_https() {
        let gateway = |url: &str, body: &str| {
            Gateway {
                url: url.to_owned(),
                method: "POST".to_owned(),
                headers: Vec::new(),
                body: body.to_owned(),
                signature: String::new(),
                success: String::new(),
            }
            .checked()
        };
        let body = "{telephone} {text}";
        assert!(gateway("https://sms.example/send", body).is_ok());
        assert!(gateway("http://127.0.0.1:9/send", body).is_ok());
        assert!(gateway("http://sms.example/send", body).is_err());
        assert!(gateway("https://sms.example/send", "{text}").is_err());
        assert!(gateway("https:///send", body).is_err());
    }
}
