//! The first steps of a new city on its administrator's desk, each with its state and where it is done.

use jianjia_app::office::beginning::{Beginning, Season};
use jianjia_standard::Standard;

use crate::{frame::Frame, pages::round::address};

/// A step: what it is, how it stands, and where it is done.
pub struct Step {
    pub word: &'static str,
    pub state: String,
    pub is_done: bool,
    pub href: String,
}

/// The steps in the order in which they are done.
pub fn steps(frame: &Frame, standard: &Standard, beginning: &Beginning, year: i16) -> Vec<Step> {
    let mut steps = vec![
        programme(frame, standard, beginning),
        counted(
            frame,
            ("行政区划", "/imports"),
            beginning.divisions,
            (
                "已登记 {} 个区划",
                "还没有：用表格导入，工会登记时才能填所在区划",
            ),
        ),
        counted(
            frame,
            ("工会名册", "/imports"),
            beginning.unions,
            (
                "已登记 {} 家工会",
                "还没有：先登记区、产业工会，再登记下面的工会，可以用表格导入",
            ),
        ),
        accounts(frame, beginning),
        days(frame, beginning, year),
    ];
    if let Some(has_places) = beginning.has_places {
        let state = if has_places {
            "已分配"
        } else {
            "还没有分配：由市总工会的审批人分给各区和产业工会"
        };
        steps.push(Step {
            word: frame.t_fixed("推荐名额"),
            state: frame.t(state).to_owned(),
            is_done: has_places,
            href: address::quotas(year),
        });
    }
    steps
}

fn programme(frame: &Frame, standard: &Standard, beginning: &Beginning) -> Step {
    let programme = &standard.programme;
    let name = frame.text(&programme.name);
    let state = match beginning.programme {
        Season::Running => frame.t3(
            "{}，{} 年到 {} 年",
            name,
            programme.first_year,
            programme.last_year,
        ),
        Season::Coming { first_year } => frame.t2("{}，{} 年才开始", name, first_year),
        Season::Over { last_year } => frame.t2("{}，{} 年已经结束，要换新的标准", name, last_year),
    };
    Step {
        word: frame.t_fixed("建家标准"),
        state,
        is_done: beginning.programme == Season::Running,
        href: "/standard".to_owned(),
    }
}

fn counted(
    frame: &Frame,
    (word, href): (&'static str, &str),
    count: i64,
    (some, none): (&str, &str),
) -> Step {
    Step {
        word: frame.t_fixed(word),
        state: if count > 0 {
            frame.t1(some, frame.count(count))
        } else {
            frame.t(none).to_owned()
        },
        is_done: count > 0,
        href: href.to_owned(),
    }
}

fn accounts(frame: &Frame, beginning: &Beginning) -> Step {
    let state = if beginning.deciding <= 1 {
        frame
            .t("先登记区、产业工会，再给它们的审批人建账号")
            .to_owned()
    } else if beginning.without_account == 0 {
        frame.t1(
            "市、区和产业工会共 {} 家，都有审批人的账号",
            frame.count(beginning.deciding),
        )
    } else {
        frame.t2(
            "市、区和产业工会共 {} 家，其中 {} 家还没有审批人的账号",
            frame.count(beginning.deciding),
            frame.count(beginning.without_account),
        )
    };
    Step {
        word: frame.t_fixed("审批人账号"),
        state,
        is_done: beginning.has_accounts(),
        href: "/accounts".to_owned(),
    }
}

fn days(frame: &Frame, beginning: &Beginning, year: i16) -> Step {
    let state = if beginning.has_days {
        "已核定"
    } else {
        "还没有核定：现在按标准的日期，核对后保存一次"
    };
    Step {
        word: frame.t_fixed("年度日程"),
        state: frame.t(state).to_owned(),
        is_done: beginning.has_days,
        href: format!("/rounds/{year}"),
    }
}
