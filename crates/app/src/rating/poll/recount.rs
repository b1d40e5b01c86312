//! The file from which anybody counts a poll again.

use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        self as poll, Poll,
        counting::{self, Tally},
        refusal::PollRefusal,
    },
};
use jianjia_standard::{Lang, programme::BallotRules};
use jianjia_store::{core::db::Tx, rating::poll as polls};

use super::standard_of;
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// The recount file: one line a ballot and object, with a byte order mark for spreadsheets. The first two columns are the keys of object and
/// answer, from which the file's hash can be worked out; behind them stand the words of the slip, for people to count by.
///
/// # Errors
/// Not found when the poll isn't there or has no result; refused where the result is withheld.
pub async fn recount_file(app: &App, id: &PollId, lang: Lang) -> Result<String> {
    let mut tx = app.db.read().await?;
    let poll = polls::find(&mut tx, id)
        .await?
        .filter(|poll| poll.state().has_result())
        .ok_or(Error::NotFound)?;
    let file = file_of(app, &mut tx, &poll, lang).await?;
    Ok(file.ok_or(PollRefusal::Withheld)?)
}

/// The recount file of a poll that is counted; none where the result is withheld.
///
/// # Errors
/// When the poll's standard isn't kept, or has no rules for ballots.
pub async fn file_of(app: &App, tx: &mut Tx, poll: &Poll, lang: Lang) -> Result<Option<String>> {
    let Some(record) = poll.record().filter(|record| !record.is_withheld()) else {
        return Ok(None);
    };
    let standard = standard_of(tx, app, poll).await?;
    let rules = poll::rules(&standard)?;
    // Of a poll that was counted before the few were looked after, too.
    if !counting::may_show(rules, record.phone + record.kiosk, record.paper) {
        return Ok(None);
    }
    let tallies = &record.tallies;
    Ok(Some(text(rules, &poll.plan.leaders, tallies, lang)))
}

fn text(rules: &BallotRules, leaders: &[String], tallies: &[Tally], lang: Lang) -> String {
    let objects = poll::objects(rules, leaders);
    let heading = match lang {
        Lang::Zh => "测评的项目,选择",
        Lang::En => "what is rated,choice",
    };
    let mut file = format!("\u{feff}object,answer,{heading}\r\n");
    for (object, answer) in counting::recount_lines(tallies) {
        let name = objects.iter().find(|found| found.key == object);
        let name = name.map_or(object, |found| found.name.get(lang));
        let grade = rules.grades.iter().find(|grade| grade.key == answer);
        let choice = match (grade, lang) {
            (Some(grade), lang) => grade.name.get(lang),
            (None, Lang::Zh) => "废票",
            (None, Lang::En) => "void",
        };
        let line = format!("{object},{answer},{},{}\r\n", cell(name), cell(choice));
        file.push_str(&line);
    }
    file
}

/// The lines of a recount file as the poll's `ballots_hash` is taken of them: `object,answer` and a line break each. `line` is one of the file's, without its
/// heading.
pub fn hashed_line(line: &str) -> Option<String> {
    let mut cells = line.splitn(3, ',');
    let (object, answer) = (cells.next()?, cells.next()?);
    cells.next()?;
    Some(format!("{object},{answer}\n"))
}

/// Words as a cell of the recount file: quoted, and never a formula, whatever a leader is called.
fn cell(words: &str) -> String {
    let mark = if words.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    format!("\"{mark}{}\"", words.replace('"', "\"\""))
}
