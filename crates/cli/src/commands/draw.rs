//! `jianjia draw`: draws the sample of a spot check again, from the frame's file and the seed, or from what the database has.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use jianjia_app::check::spot_check;
use jianjia_domain::{check::draw, core::refusal::Refuse};
use jianjia_standard::Lang;

use crate::{
    instance::{self, Instance},
    output::{is_closed, tell},
};

/// Draws the sample of a spot check: from the frame's file as it was published and the seed, without a database, or a year's from the database
///
/// The sample goes to standard output, byte for byte what docs/draw.py prints. With --year the visits kept in the database are compared with it; the
/// exit status is 1 if they differ.
#[derive(Args)]
pub struct Draw {
    /// The frame's file, as it was published
    #[arg(value_name = "FRAMEFILE", required_unless_present = "year")]
    frame: Option<PathBuf>,
    /// The numbers of the lottery, in the order of their publication
    #[arg(long, required_unless_present = "year")]
    seed: Option<String>,
    /// Draw the sample of this year from the frame and the seed in the database
    #[arg(long, conflicts_with_all = ["frame", "seed"])]
    year: Option<i16>,
    #[command(flatten)]
    instance: Instance,
}

/// A frame of a million units has some fifty million bytes.
const FILE_LIMIT: u64 = 100 * 1024 * 1024;

pub fn run(command: &Draw) -> Result<ExitCode> {
    match (&command.frame, &command.seed, command.year) {
        (Some(frame), Some(seed), None) => of_file(frame, seed),
        (_, _, Some(year)) => of_year(command, year),
        _ => bail!("give the frame's file and --seed, or --year"),
    }
}

fn of_file(path: &Path, seed: &str) -> Result<ExitCode> {
    let told = |refusal: draw::DrawRefusal| anyhow::anyhow!(refusal.sentence(Lang::En));
    let size = fs::metadata(path).with_context(|| path.display().to_string())?;
    if size.len() > FILE_LIMIT {
        bail!("{} is larger than a frame's file", path.display());
    }
    let file = fs::read(path).with_context(|| path.display().to_string())?;
    let hash = draw::hash(&file);
    let text = String::from_utf8(file).context("the frame's file is not UTF-8")?;
    let frame = draw::read_frame(&text).map_err(told)?;
    let seed = draw::seed(seed).map_err(told)?;
    let drawn = draw::draw(&frame, &seed);
    print(&draw::sample_text(&hash, &seed, &drawn))?;
    tell!(
        "{} of {} units in {} strata; frame {hash}",
        drawn.len(),
        frame.units.len(),
        frame.strata.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn of_year(command: &Draw, year: i16) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open_existing().await?;
        let repeated = spot_check::repeat(&app, year).await;
        app.db.close().await;
        let Some(repeated) = repeated? else {
            bail!("{year} has no spot check that was drawn");
        };
        print(&repeated.sample)?;
        if repeated.is_same {
            tell!("the visits in the database are this sample");
            return Ok(ExitCode::SUCCESS);
        }
        tell!("jianjia: the visits in the database are not this sample; run `jianjia verify`");
        Ok(ExitCode::FAILURE)
    })
}

fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if is_closed(&error) => Ok(()),
        other => other.context("standard output can't be written"),
    }
}
