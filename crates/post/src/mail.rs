//! Mail by SMTP. A letter goes command by command, so that it is known whether the server refused the recipient, us or what is said.

use std::time::{Duration, UNIX_EPOCH};

use jianjia_app::core::post::{MailServer, Security};
use jianjia_domain::core::post::{Answer, PostFailing};
use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::ClientId,
        response::Response,
    },
};
use tokio::time::timeout;

use crate::{Unreachable, letter::Letter};

/// How long a server may take to be there, and to take one letter.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to the server, for several letters.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    /// The domain in the letters' identities.
    domain: String,
}

/// Connects and signs in.
///
/// # Errors
/// When the server is not there, offers no encryption, or refuses the password: in its own words.
pub async fn connect(server: &MailServer) -> Result<Connection, Unreachable> {
    let connecting = timeout(PATIENCE, connected(server)).await;
    match connecting {
        Ok(connected) => connected,
        Err(_) => Err(Unreachable(format!(
            "{}:{} did not answer within {} seconds",
            server.host,
            server.port,
            PATIENCE.as_secs()
        ))),
    }
}

async fn connected(server: &MailServer) -> Result<Connection, Unreachable> {
    let unreachable =
        |error: Error| Unreachable(format!("{}:{}: {error}", server.host, server.port));
    let address = |text: &str| -> Result<Address, Unreachable> {
        text.parse()
            .map_err(|error| Unreachable(format!("{text}: {error}")))
    };
    let from = address(&server.from)?;
    let domain = from.domain().to_owned();
    let hello = ClientId::Domain(domain.clone());
    let tls = || TlsParameters::new_rustls(server.host.clone()).map_err(unreachable);
    let at_once = match server.security {
        Security::Tls => Some(tls()?),
        Security::StartTls | Security::Plain => None,
    };
    let to = (server.host.as_str(), server.port);
    let mut smtp = AsyncSmtpConnection::connect_tokio1(to, Some(PATIENCE), &hello, at_once, None)
        .await
        .map_err(unreachable)?;
    if server.security == Security::StartTls {
        smtp.starttls(tls()?, &hello).await.map_err(unreachable)?;
    }
    if !server.user.is_empty() {
        let credentials = Credentials::new(server.user.clone(), server.password.clone());
        smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await
            .map_err(unreachable)?;
    }
    let name = Some(server.from_name.clone()).filter(|name| !name.is_empty());
    let reply_to = match server.reply_to.as_str() {
        "" => None,
        reply_to => Some(Mailbox::new(None, address(reply_to)?)),
    };
    Ok(Connection {
        smtp,
        from: Mailbox::new(name, from),
        reply_to,
        domain,
    })
}

/// Sends a letter. `id` is its identity, by which a server that got it before knows it again. Gives what the server said.
///
/// # Errors
/// When the server went away, or refuses us as a sender: then the connection is of no more use.
pub async fn send(
    connection: &mut Connection,
    id: &str,
    to: &str,
    letter: &Letter,
    at: Timestamp,
) -> Result<(Answer, String), Unreachable> {
    match timeout(PATIENCE, sent(connection, id, to, letter, at)).await {
        Ok(sent) => sent,
        Err(_) => Err(Unreachable("the server did not answer in time".to_owned())),
    }
}

async fn sent(
    connection: &mut Connection,
    id: &str,
    to: &str,
    letter: &Letter,
    at: Timestamp,
) -> Result<(Answer, String), Unreachable> {
    let never = |failing: PostFailing, error: String| (Answer::Never(failing.told(&error)), error);
    let recipient: Address = match to.parse() {
        Ok(address) => address,
        Err(error) => {
            let error = format!("{to}: {error}");
            let answer = Answer::NoSuchAddress(PostFailing::Recipient.told(&error));
            return Ok((answer, error));
        }
    };
    let message = match message(connection, id, recipient.clone(), letter, at) {
        Ok(message) => message.formatted(),
        Err(error) => return Ok(never(PostFailing::Content, error.to_string())),
    };
    let from = Mail::new(Some(connection.from.email.clone()), Vec::new());
    let smtp = &mut connection.smtp;
    smtp.command(from)
        .await
        .map_err(|error| Unreachable(error.to_string()))?;
    if let Err(error) = smtp.command(Rcpt::new(recipient, Vec::new())).await {
        let answer = refused(&error, |told| {
            Answer::NoSuchAddress(PostFailing::Recipient.told(told))
        })?;
        return reset(smtp, answer, &error).await;
    }
    if let Err(error) = smtp.command(Data).await {
        let answer = refused(&error, |told| {
            Answer::Never(PostFailing::Content.told(told))
        })?;
        return reset(smtp, answer, &error).await;
    }
    match smtp.message(&message).await {
        Ok(response) => Ok((Answer::Sent, told(&response))),
        Err(error) => {
            let answer = refused(&error, |told| {
                Answer::Never(PostFailing::Content.told(told))
            })?;
            Ok((answer, error.to_string()))
        }
    }
}

/// What a refusal means: for good, or for now. What is no refusal is a broken connection.
fn refused(error: &Error, for_good: impl Fn(String) -> Answer) -> Result<Answer, Unreachable> {
    if error.is_permanent() {
        Ok(for_good(error.to_string()))
    } else if error.is_transient() {
        Ok(Answer::Later(PostFailing::Busy.told(error.to_string())))
    } else {
        Err(Unreachable(error.to_string()))
    }
}

/// The next letter begins anew.
async fn reset(
    smtp: &mut AsyncSmtpConnection,
    answer: Answer,
    error: &Error,
) -> Result<(Answer, String), Unreachable> {
    let said = error.to_string();
    smtp.command(Rset)
        .await
        .map_err(|error| Unreachable(error.to_string()))?;
    Ok((answer, said))
}

fn told(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    format!("{} {}", response.code(), lines.join(" "))
}

fn message(
    connection: &Connection,
    id: &str,
    to: Address,
    letter: &Letter,
    at: Timestamp,
) -> Result<Message, lettre::error::Error> {
    let automatic = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    let mut builder = Message::builder()
        .message_id(Some(format!("<{id}@{}>", connection.domain)))
        .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0)))
        .from(connection.from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone())
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN);
    if let Some(reply_to) = &connection.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    builder.body(letter.text.clone())
}

/// Says goodbye.
pub async fn end(mut connection: Connection) {
    let _ = timeout(PATIENCE, connection.smtp.quit()).await;
}
