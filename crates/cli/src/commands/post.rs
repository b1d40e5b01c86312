//! `jianjia post`: tries the settings of mail and text messages.

use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use jianjia_app::core::{clock::Clock, entropy::Entropy, post::Post as Settings};
use jianjia_domain::core::{post::Answer, text::address::is_mail};
use jianjia_post::{Unreachable, gateway, letter, mail};

use crate::{
    instance::{self, Instance, post::PostFlags},
    output::say,
};

/// Sends a trial by mail or text message, and prints what the server or the gateway answers
#[derive(Args)]
pub struct Post {
    #[command(flatten)]
    instance: Instance,
    #[command(flatten)]
    post: PostFlags,
    /// Where to: a mail address, or the number of a mobile telephone
    #[arg(long = "try", value_name = "ADDRESS")]
    to: String,
}

pub fn run(command: &Post) -> Result<ExitCode> {
    instance::run(async {
        let configuration = command.instance.configuration()?;
        let post = command.post.post(&configuration)?;
        let tried = if command.to.contains('@') {
            ensure!(is_mail(&command.to), "{} is no mail address", command.to);
            by_mail(&post, &command.to).await?
        } else {
            by_gateway(&post, &command.to).await?
        };
        let (answer, said) = match tried {
            Ok(answered) => answered,
            Err(Unreachable(why)) => bail!("nothing was sent: {why}"),
        };
        match answer {
            Answer::Sent => {
                say!("sent; the answer was: {said}")?;
                Ok(ExitCode::SUCCESS)
            }
            Answer::Later(_) => bail!("not sent now, it may succeed later: {said}"),
            Answer::Never(_) => bail!("not sent, what it says is refused: {said}"),
            Answer::NoSuchAddress(_) => bail!("not sent, the address is refused: {said}"),
        }
    })
}

type Tried = std::result::Result<(Answer, String), Unreachable>;

async fn by_mail(post: &Settings, to: &str) -> Result<Tried> {
    let server = post
        .mail
        .as_ref()
        .context("no mail server is set up: see [mail] in `jianjia serve --help`")?;
    let mut connection = match mail::connect(server).await {
        Ok(connection) => connection,
        Err(unreachable) => return Ok(Err(unreachable)),
    };
    let now = Clock::Real.now();
    let id = Entropy::of_the_machine()?.id(now).simple().to_string();
    let letter = letter::trial(&post.address);
    let tried = mail::send(&mut connection, &id, to, &letter, now).await;
    mail::end(connection).await;
    Ok(tried)
}

async fn by_gateway(post: &Settings, to: &str) -> Result<Tried> {
    let gateway = post
        .telephone
        .as_ref()
        .context("no gateway is set up: see [telephone] in `jianjia serve --help`")?;
    let letter = letter::trial(&post.address);
    Ok(gateway::send(gateway, to, &letter.subject).await)
}
