//! By what people are told beside their inbox: settings of mail and text messages. A flag overrides the environment, which overrides the file.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use clap::Args;
use jianjia_app::core::post::{Gateway, MailServer, Post};
use serde::Deserialize;

use crate::instance::Configuration;

/// The flags. Passwords are better given in the environment or the file: what is typed stands in the list of processes.
#[derive(Args, Clone)]
pub struct PostFlags {
    /// Address by which people reach the program, for links in letters: https://jianjia.example
    #[arg(long, env = "JIANJIA_ADDRESS")]
    address: Option<String>,
    /// Mail server: smtps://host:465 (TLS) or smtp://host:587 (STARTTLS; without encryption only on this machine) [default: no mail is sent]
    #[arg(long, env = "JIANJIA_MAIL_SERVER")]
    mail_server: Option<String>,
    /// User name at the mail server
    #[arg(long, env = "JIANJIA_MAIL_USER")]
    mail_user: Option<String>,
    /// Password at the mail server
    #[arg(long, env = "JIANJIA_MAIL_PASSWORD", hide_env_values = true)]
    mail_password: Option<String>,
    /// Sender of mail: "常州市总工会 <jianjia@example.org>"
    #[arg(long, env = "JIANJIA_MAIL_FROM")]
    mail_from: Option<String>,
    /// Where answers to mail go [default: to the sender]
    #[arg(long, env = "JIANJIA_MAIL_REPLY_TO")]
    mail_reply_to: Option<String>,
    /// Gateway for text messages: https://…, which may hold {telephone} and {text} [default: no text messages are sent]
    #[arg(long, env = "JIANJIA_TELEPHONE_URL")]
    telephone_url: Option<String>,
    /// POST or GET [default: POST]
    #[arg(long, env = "JIANJIA_TELEPHONE_METHOD")]
    telephone_method: Option<String>,
    /// A header for the gateway, "Name: value"; repeated, or one a line in the environment
    #[arg(
        long = "telephone-header",
        env = "JIANJIA_TELEPHONE_HEADERS",
        value_delimiter = '\n',
        hide_env_values = true
    )]
    telephone_headers: Vec<String>,
    /// What is sent to the gateway, with {telephone}, {text} and {signature} in their places
    #[arg(long, env = "JIANJIA_TELEPHONE_BODY", hide_env_values = true)]
    telephone_body: Option<String>,
    /// The registered name under which text messages are sent
    #[arg(long, env = "JIANJIA_TELEPHONE_SIGNATURE")]
    telephone_signature: Option<String>,
    /// What the gateway's answer holds when it took a message [default: any answer of success]
    #[arg(long, env = "JIANJIA_TELEPHONE_SUCCESS")]
    telephone_success: Option<String>,
}

/// `[mail]` of the configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfiguration {
    pub server: Option<String>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub from: Option<String>,
    pub reply_to: Option<String>,
}

/// `[telephone]` of the configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelephoneConfiguration {
    pub url: Option<String>,
    pub method: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub body: Option<String>,
    pub signature: Option<String>,
    pub success: Option<String>,
}

/// Shown below the flags, as a part of the configuration file.
pub const SETTINGS: &str = "  address = \"https://jianjia.example\"
  [mail]
  server = \"smtps://mail.example.org:465\"
  user = \"jianjia\"
  password = \"…\"
  from = \"常州市总工会 <jianjia@example.org>\"
  reply_to = \"office@example.org\"
  [telephone]
  url = \"https://sms.example.org/send\"
  method = \"POST\"
  headers = { Authorization = \"Bearer …\", Content-Type = \"application/json\" }
  body = '{\"to\": \"{telephone}\", \"sign\": \"{signature}\", \"template\": \"SMS_1\", \"text\": \"{text}\"}'
  signature = \"常州市总工会\"
  success = '\"code\":0'";

impl PostFlags {
    /// What is set up.
    ///
    /// # Errors
    /// When a setting can't be used, or one is missing: the sentence names it.
    pub fn post(&self, configuration: &Configuration) -> Result<Post> {
        let either = |flag: &Option<String>, file: &Option<String>| -> Option<String> {
            let given = flag.clone().or_else(|| file.clone());
            given.filter(|value| !value.is_empty())
        };
        let address = either(&self.address, &configuration.address).unwrap_or_default();
        let address = address.trim_end_matches('/').to_owned();
        ensure!(
            address.is_empty() || address.starts_with("https://") || address.starts_with("http://"),
            "address must begin with https://"
        );
        let mail = &configuration.mail;
        let mail = match either(&self.mail_server, &mail.server) {
            None => None,
            Some(server) => Some(MailServer::read(
                &server,
                either(&self.mail_user, &mail.user),
                either(&self.mail_password, &mail.password),
                &either(&self.mail_from, &mail.from)
                    .context("mail from is missing: name the sender of mail")?,
                either(&self.mail_reply_to, &mail.reply_to),
            )?),
        };
        let telephone = &configuration.telephone;
        let text = |flag, file| either(flag, file).unwrap_or_default();
        let telephone = match either(&self.telephone_url, &telephone.url) {
            None => None,
            Some(url) => Some(
                Gateway {
                    url,
                    method: either(&self.telephone_method, &telephone.method)
                        .unwrap_or_else(|| "POST".to_owned()),
                    headers: self.headers(&telephone.headers)?,
                    body: text(&self.telephone_body, &telephone.body),
                    signature: text(&self.telephone_signature, &telephone.signature),
                    success: text(&self.telephone_success, &telephone.success),
                }
                .checked()?,
            ),
        };
        let post = Post {
            address,
            mail,
            telephone,
        };
        ensure!(
            post.channels().is_empty() || !post.address.is_empty(),
            "address is missing: letters lead to the pages, so say by which address people reach the program"
        );
        Ok(post)
    }

    fn headers(&self, of_file: &BTreeMap<String, String>) -> Result<Vec<(String, String)>> {
        if self.telephone_headers.is_empty() {
            let pairs = of_file.iter();
            return Ok(pairs
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect());
        }
        let headers = self.telephone_headers.iter();
        headers
            .filter(|header| !header.trim().is_empty())
            .map(|header| {
                // What it says may be secret.
                let (name, value) = header
                    .split_once(':')
                    .context("a header for the gateway is written \"Name: value\"")?;
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            })
            .collect()
    }
}
