//! The file from which anybody counts a poll again.

use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{counting, refusal::PollRefusal},
};
use jianjia_standard::Lang;

use super::result;
use crate::core::{app::App, error::Result};

/// The recount file: one line a ballot and object, with a byte order mark for spreadsheets. The first two columns are the keys of object and
/// answer, from which the file's hash can be worked out; behind them stand the words of the slip, for people to count by.
///
/// # Errors
/// As `result`; refused where the result is withheld.
pub async fn recount_file(app: &App, id: &PollId, lang: Lang) -> Result<String> {
    let result = result(app, id).await?;
    if result.record.is_withheld() {
        return Err(PollRefusal::Withheld.into());
    }
    let heading = match lang {
        Lang::Zh => "测评的项目,选择",
        Lang::En => "what is rated,choice",
    };
    let mut file = format!("\u{feff}object,answer,{heading}\r\n");
    for (object, answer) in counting::recount_lines(&result.record.tallies) {
        let mut objects = result.objects.iter().map(|found| &found.object);
        let name = objects.find(|found| found.key == object);
        let name = name.map_or(object, |found| found.name.get(lang));
        let mut grades = result.grades.iter();
        let grade = grades.find(|grade| grade.key == answer);
        let choice = match (grade, lang) {
            (Some(grade), lang) => grade.name.get(lang),
            (None, Lang::Zh) => "废票",
            (None, Lang::En) => "void",
        };
        let line = format!("{object},{answer},{},{}\r\n", cell(name), cell(choice));
        file.push_str(&line);
    }
    Ok(file)
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
