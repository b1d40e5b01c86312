//! Why money isn't granted.

use jianjia_standard::Lang;

use super::GrantState;
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantRefusal {
    NoRows,
    TooManyRows {
        most: usize,
    },
    /// The same to the same twice in one list.
    Twice {
        unit: String,
    },
    NoUnit {
        typed: String,
    },
    SeveralUnits {
        typed: String,
        units: usize,
    },
    NoKind {
        typed: String,
    },
    NoBasis,
    /// Rows that can't be taken; none of the list is granted.
    RowsWrong {
        rows: usize,
    },
    /// The list was granted or put away.
    ListEnded,
    /// Somebody else corrected the list, or put it away, since the form was made that corrects it.
    ListReplaced,
    /// What was reckoned for the unit is granted already.
    GrantedAlready {
        unit: String,
    },
    WrongState {
        unit: String,
        state: GrantState,
    },
    NoneChosen,
    /// No subsidy of the year was reckoned that is not granted.
    NoneReckoned {
        year: i16,
    },
    /// It waits in a payment run.
    InRun {
        unit: String,
    },
    /// The file is no table that can be read.
    Unreadable,
    FileTooLarge,
    FileMissing,
    /// Columns that the table lacks.
    NoColumns {
        missing: &'static str,
    },
    Busy,
}

fn called(state: GrantState, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => state.word().rsplit('|').next().unwrap_or_default(),
        Lang::En => state.key(),
    }
}

impl Refuse for GrantRefusal {
    fn key(&self) -> &'static str {
        match self {
            GrantRefusal::NoRows => "grant/no-rows",
            GrantRefusal::TooManyRows { .. } => "grant/too-many-rows",
            GrantRefusal::Twice { .. } => "grant/twice",
            GrantRefusal::NoUnit { .. } => "grant/no-unit",
            GrantRefusal::SeveralUnits { .. } => "grant/several-units",
            GrantRefusal::NoKind { .. } => "grant/no-kind",
            GrantRefusal::NoBasis => "grant/no-basis",
            GrantRefusal::RowsWrong { .. } => "grant/rows-wrong",
            GrantRefusal::ListEnded => "grant/list-ended",
            GrantRefusal::ListReplaced => "grant/list-replaced",
            GrantRefusal::GrantedAlready { .. } => "grant/granted-already",
            GrantRefusal::WrongState { .. } => "grant/wrong-state",
            GrantRefusal::NoneChosen => "grant/none-chosen",
            GrantRefusal::NoneReckoned { .. } => "grant/none-reckoned",
            GrantRefusal::InRun { .. } => "grant/in-run",
            GrantRefusal::Unreadable => "grant/unreadable",
            GrantRefusal::FileTooLarge => "grant/file-too-large",
            GrantRefusal::FileMissing => "grant/file-missing",
            GrantRefusal::NoColumns { .. } => "grant/no-columns",
            GrantRefusal::Busy => "grant/busy",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (GrantRefusal::NoRows, Lang::Zh) => {
                "清单里一行也没有。请填写单位、金额和依据。".to_owned()
            }
            (GrantRefusal::NoRows, Lang::En) => {
                "The list has no row. Enter unit, amount and basis.".to_owned()
            }
            (GrantRefusal::TooManyRows { most }, Lang::Zh) => {
                format!("一张清单最多 {most} 行。请分成几张。")
            }
            (GrantRefusal::TooManyRows { most }, Lang::En) => {
                format!("A list has {most} rows at most. Divide it into several.")
            }
            (GrantRefusal::Twice { unit }, Lang::Zh) => format!(
                "“{unit}”在清单里有两行，种类、金额、依据都一样，看起来是重复的，没有下达。确实是两笔的，请把依据写得不一样。"
            ),
            (GrantRefusal::Twice { unit }, Lang::En) => format!(
                "\"{unit}\" stands twice in the list, with the same kind, amount and basis, so nothing was granted. If these are two grants, let their bases differ."
            ),
            (GrantRefusal::NoUnit { typed }, Lang::Zh) => format!(
                "名册里没有“{typed}”。请按名册写全称，或者写单位编号、统一社会信用代码。"
            ),
            (GrantRefusal::NoUnit { typed }, Lang::En) => format!(
                "There is no \"{typed}\" in the register. Write its full name, its number or its credit code."
            ),
            (GrantRefusal::SeveralUnits { typed, units }, Lang::Zh) => {
                format!("名册里有 {units} 家叫“{typed}”，不知道是哪一家。请写单位编号。")
            }
            (GrantRefusal::SeveralUnits { typed, units }, Lang::En) => format!(
                "{units} units are called \"{typed}\", and which one is meant can't be told. Write its number."
            ),
            (GrantRefusal::NoKind { typed }, Lang::Zh) => {
                format!("没有“{typed}”这一种拨款。请写年度补贴、奖励或其他补助。")
            }
            (GrantRefusal::NoKind { typed }, Lang::En) => {
                format!("There is no kind of grant \"{typed}\". Write subsidy, reward or other.")
            }
            (GrantRefusal::NoBasis, Lang::Zh) => {
                "没有写依据。请写清按哪一条、哪个文件、怎么算出来的。".to_owned()
            }
            (GrantRefusal::NoBasis, Lang::En) => {
                "There is no basis. Say by which clause or document, and how the sum comes about.".to_owned()
            }
            (GrantRefusal::RowsWrong { rows }, Lang::Zh) => {
                format!("清单里有 {rows} 行不对，整张都没有下达。请改正以后重新提交。")
            }
            (GrantRefusal::RowsWrong { rows }, Lang::En) => format!(
                "{rows} rows of the list are wrong, so none of it was granted. Correct them and send the list again."
            ),
            (GrantRefusal::ListEnded, Lang::Zh) => {
                "这张清单已经下达或者放弃了，没有再下达一次。请看拨款名单。".to_owned()
            }
            (GrantRefusal::ListEnded, Lang::En) => {
                "This list was granted or put away already, and nothing was granted again. See the grants.".to_owned()
            }
            (GrantRefusal::ListReplaced, Lang::Zh) => {
                "您改正期间，别人已经改正或者放弃了这张清单，您这次的内容没有保存；填写的仍在下面，上传的表格要重新选。请看拨款名单：有待确认的新清单，就对照以后在那一张上改；没有，就新建一张清单提交。".to_owned()
            }
            (GrantRefusal::ListReplaced, Lang::En) => {
                "While you were correcting this list somebody else corrected it or put it away, so yours was not saved; what you typed is still below, a table has to be chosen again. See the grants: if a new list waits there, compare and correct that one; if none does, send yours as a new list.".to_owned()
            }
            (GrantRefusal::GrantedAlready { unit }, Lang::Zh) => format!(
                "“{unit}”的这一笔已经下达过了，整张都没有下达。请把它从清单里去掉。"
            ),
            (GrantRefusal::GrantedAlready { unit }, Lang::En) => format!(
                "This was granted to \"{unit}\" already, so none of the list was granted. Take it out of the list."
            ),
            (GrantRefusal::WrongState { unit, state }, Lang::Zh) => format!(
                "“{unit}”的这一笔现在是“{}”，不能这样办，全部都没有办。请刷新以后再选。",
                called(*state, lang)
            ),
            (GrantRefusal::WrongState { unit, state }, Lang::En) => format!(
                "The grant to \"{unit}\" is {} now, so this can't be done, and none of it was. Reload the list and choose again.",
                called(*state, lang)
            ),
            (GrantRefusal::NoneReckoned { year }, Lang::Zh) => format!(
                "{year} 年度没有核定了还没下达的补贴。请先在“活动经费补贴”核定这一年度；核定过的都已下达或者列在没有确认的清单里。"
            ),
            (GrantRefusal::NoneReckoned { year }, Lang::En) => format!(
                "No subsidy of {year} is reckoned and not granted yet. Reckon the year first; what was reckoned is granted, or stands on a list that is not confirmed."
            ),
            (GrantRefusal::NoneChosen, Lang::Zh) => "一笔也没有选。请先勾选。".to_owned(),
            (GrantRefusal::NoneChosen, Lang::En) => {
                "Nothing was chosen. Tick some first.".to_owned()
            }
            (GrantRefusal::InRun { unit }, Lang::Zh) => format!(
                "“{unit}”的这一笔正在付款批次里等审批，不能更正。请先撤回那个批次。"
            ),
            (GrantRefusal::InRun { unit }, Lang::En) => format!(
                "The grant to \"{unit}\" waits in a payment run for its approval, so it can't be taken back. Withdraw the run first."
            ),
            (GrantRefusal::Unreadable, Lang::Zh) => {
                "这个文件不是读得出来的表格。请用 Excel 或 WPS 另存为 .xlsx 或 .csv（不加密码）再上传。".to_owned()
            }
            (GrantRefusal::Unreadable, Lang::En) => {
                "This file is no table that can be read. Save it as .xlsx or .csv, without a password, and upload it again.".to_owned()
            }
            (GrantRefusal::FileTooLarge, Lang::Zh) => {
                "这个文件太大，没有读完。请只留要用的那张表，去掉图片再上传。".to_owned()
            }
            (GrantRefusal::FileTooLarge, Lang::En) => {
                "This file is too large and was not read to its end. Keep the one table and no pictures, and upload it again.".to_owned()
            }
            (GrantRefusal::FileMissing, Lang::Zh) => {
                "没有选文件。请选一个 .xlsx 或 .csv 文件。".to_owned()
            }
            (GrantRefusal::FileMissing, Lang::En) => {
                "There is no file. Choose an .xlsx or .csv file.".to_owned()
            }
            (GrantRefusal::NoColumns { missing }, Lang::Zh) => {
                format!("表里没有找到这些列：{missing}。请在表头的一行写上列名，可以先下载空表。")
            }
            (GrantRefusal::NoColumns { missing }, Lang::En) => format!(
                "The table lacks these columns: {missing}. Write their names in one row above the rest; the empty table can be downloaded."
            ),
            (GrantRefusal::Busy, Lang::Zh) => {
                "现在正在读的表格太多，这张没有读。请过一分钟再上传。".to_owned()
            }
            (GrantRefusal::Busy, Lang::En) => {
                "Too many tables are being read just now. Upload it again in a minute.".to_owned()
            }
        }
    }
}
