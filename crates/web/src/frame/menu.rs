//! The menus: what everybody may open, and what somebody signed in works with.

use jianjia_domain::core::{
    place::UnitKind,
    policy::{Act, Role},
};

use crate::{frame::Frame, pages::round::address};

/// Whether the members of a unit of the kind rate its home: not a branch's, which is its union's, nor of those that only lead.
pub fn holds_ratings(kind: UnitKind) -> bool {
    !matches!(kind, UnitKind::Branch | UnitKind::District | UnitKind::City)
}

/// What the row is wide at 1280 pixels, a scroll bar beside it, in hundredths of an em; and in large type.
const ROW: u32 = 7350;
const LARGE_ROW: u32 = 5750;

/// The line between the own links and those for everybody.
const LINE: u32 = 110;

/// What a link has around its word, the gap to the next one included.
const AROUND: u32 = 175;
const AROUND_LATIN: u32 = 125;

/// The mark behind the word of the fold.
const MARK: u32 = 100;

/// A word in bold is wider, in Latin letters.
const BOLD: u32 = 100;

/// A link of the menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem {
    pub href: String,
    pub word: &'static str,
    pub is_current: bool,
    /// Shown behind the word unless it is 0.
    pub count: i64,
}

/// The links of somebody signed in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnMenu {
    /// What stands in the row: as many as one line takes, with those for everybody.
    pub row: Vec<MenuItem>,
    /// The rest, which is folded.
    pub more: Vec<MenuItem>,
    /// The word of the page that one is on, where it is one of the fold: the fold is called by it.
    pub here: Option<&'static str>,
}

impl OwnMenu {
    /// Puts as many links into the row as there is room for, in hundredths of an em, beside a fold of this name.
    fn of(mut items: Vec<MenuItem>, room: u32, more: &'static str, is_latin: bool) -> OwnMenu {
        let around = if is_latin { AROUND_LATIN } else { AROUND };
        let wide = |word: &str| width(word) + around;
        let link = |item: &MenuItem| wide(item.word) + count_width(item.count);
        let all: u32 = items.iter().map(link).sum();
        if all <= room {
            return OwnMenu {
                row: items,
                ..OwnMenu::default()
            };
        }
        let fitting = |room: u32| {
            let mut taken = 0;
            let fits = items.iter().take_while(|item| {
                taken += link(item);
                taken <= room
            });
            fits.count()
        };
        let beside = |fold: &str| room.saturating_sub(wide(fold) + MARK);
        let mut in_row = fitting(beside(more));
        let at = items.iter().position(|item| item.is_current);
        let here = at.filter(|at| *at >= in_row).map(|at| items[at].word);
        if let Some(here) = here {
            in_row = in_row.min(fitting(beside(here)));
        }
        let folded = items.split_off(in_row);
        OwnMenu {
            row: items,
            more: folded,
            here,
        }
    }
}

/// About how wide a word is, in hundredths of an em: a Chinese character is one, a letter what it is in the usual fonts.
fn width(word: &str) -> u32 {
    let letter = |letter: char| match letter {
        'i' | 'j' | 'l' | ' ' | '\'' => 30,
        'f' | 'r' | 't' => 40,
        'm' | 'w' | 'M' | 'W' => 86,
        'A'..='Z' => 72,
        letter if letter.is_ascii() => 57,
        _ => 100,
    };
    word.chars().map(letter).sum()
}

/// About how wide the number behind a word is.
fn count_width(count: i64) -> u32 {
    match count {
        0 => 0,
        count => 130 + 50 * (count.unsigned_abs().ilog10() + 1),
    }
}

impl Frame {
    /// The links for everybody.
    pub fn public_menu(&self) -> Vec<MenuItem> {
        [
            ("/", "首页"),
            ("/standard", "建家标准"),
            ("/progress", "进展"),
            ("/honours", "光荣册"),
            ("/cases", "案例库"),
            ("/publications", "公示"),
            ("/calendar", "年度日程"),
        ]
        .into_iter()
        .map(|(href, word)| self.item(href.to_owned(), word))
        .collect()
    }

    /// The links of somebody signed in. The row stays one line at 1280 pixels in both languages and both sizes of type.
    pub fn own_menu(&self) -> OwnMenu {
        let is_latin = !self.is_chinese();
        let around = if is_latin { AROUND_LATIN } else { AROUND };
        let row = if self.large_type { LARGE_ROW } else { ROW };
        let public = self.public_menu();
        let public: u32 = public.iter().map(|item| width(item.word) + around).sum();
        let bold = if is_latin { BOLD } else { 0 };
        let room = row.saturating_sub(public + LINE + bold);
        OwnMenu::of(self.own_items(), room, self.t_fixed("更多功能"), is_latin)
    }

    /// By what the roles work with, the most used first.
    fn own_items(&self) -> Vec<MenuItem> {
        if self.actor.is_none() {
            return Vec::new();
        }
        let messages = MenuItem {
            count: self.unread,
            ..self.item("/messages".to_owned(), "消息")
        };
        if self.is_department() {
            let list = self.item(address::OWN_DEPARTMENT.to_owned(), "答复清单");
            return vec![list, messages];
        }
        let mut menu = vec![self.item("/desk".to_owned(), "工作台"), messages];
        if let Some(at) = self
            .roles()
            .iter()
            .find(|at| matches!(at.role, Role::Clerk | Role::Chair))
        {
            menu.push(self.item(format!("/units/{}/home", at.unit.id), "我的家"));
            menu.push(self.item(format!("/units/{}/applications", at.unit.id), "我的申报"));
            if holds_ratings(at.unit.kind) {
                let rating = format!("/units/{}/rating/{}", at.unit.id, self.year);
                menu.push(self.item(rating, "会员民主测评"));
            }
        }
        let (leads, administers) = (self.leads(), self.has(Role::Administrator));
        let may = |act| self.roles_may(act);
        let sees_checks = may(Act::SeeSpotCheck);
        let offered = [
            (leads, "/reviews", "审核"),
            (leads || administers, "/units", "工会名册"),
            (leads && may(Act::SeeInsight), "/dashboard", "看板"),
            // The city's page of the spot checks leads to the rest.
            (sees_checks, "/spot-checks", "抽查"),
            (leads && !sees_checks, "/visits", "抽查检查"),
            (may(Act::SeeMoney), "/money", "经费"),
            (administers, "/accounts", "账号"),
            (self.has(Role::Auditor), "/audit", "审计"),
            (leads, "/vetoes", "否决登记"),
            (leads && may(Act::SeeLists), "/departments", "部门答复"),
            (may(Act::HandleObjection), "/objections", "异议"),
            (
                leads && !sees_checks && self.has(Role::Approver),
                "/renewals",
                "到期复核",
            ),
            (leads, "/insight/x-ray", "数据体检"),
            (leads, "/priority", "优先推荐"),
            (may(Act::AskWhatIf), "/what-if", "标准测算"),
            (may(Act::ImportUnits), "/imports", "导入"),
            (leads || administers, "/invitations", "邀请"),
            (may(Act::AnswerLetter), "/letters", "来信"),
        ];
        let offered = offered.into_iter().filter(|(is_offered, ..)| *is_offered);
        menu.extend(offered.map(|(_, href, word)| self.item(href.to_owned(), word)));
        menu
    }

    fn item(&self, href: String, word: &'static str) -> MenuItem {
        let is_current = self.path == href
            || (href != "/"
                && self
                    .path
                    .strip_prefix(&href)
                    .is_some_and(|rest| rest.starts_with('/')));
        MenuItem {
            href,
            word: self.t_fixed(word),
            is_current,
            count: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(words: &[&'static str], current: &str) -> Vec<MenuItem> {
        let item = |word: &&'static str| MenuItem {
            href: format!("/{word}"),
            word,
            is_current: *word == current,
            count: 0,
        };
        words.iter().map(item).collect()
    }

    fn check(words: &[&'static str], current: &str, room: u32, expect: (usize, Option<&str>)) {
        let is_latin = words[0].is_ascii();
        let more = if is_latin { "More" } else { "更多功能" };
        let all = items(words, current);
        let menu = OwnMenu::of(all.clone(), room, more, is_latin);
        assert_eq!((menu.row.len(), menu.here), expect, "{current} in {room}");
        let kept: Vec<MenuItem> = menu.row.into_iter().chain(menu.more).collect();
        assert_eq!(kept, all, "each link stands once, in its order");
    }

    #[test]
    fn the_row_takes_what_fits_and_the_fold_is_called_by_the_page_that_is_in_it() {
        let words = ["工作台", "审核", "经费", "会员民主测评", "导入"];
        // 4.75, 3.75, 3.75, 7.75 and 3.75 wide; the fold is 6.75 with its mark.
        check(&words, "审核", 2375, (5, None));
        check(&words, "审核", 2374, (3, None));
        check(&words, "导入", 2374, (3, Some("导入")));
        // A long word leaves less room for the others.
        check(&words, "会员民主测评", 1910, (2, Some("会员民主测评")));
        check(&words, "会员民主测评", 1900, (2, Some("会员民主测评")));
        check(&words, "工作台", 1900, (3, None));
        check(&words, "工作台", 0, (0, Some("工作台")));
        let words = ["Desk", "Spot checks", "Answers of departments"];
        check(&words, "Desk", 1400, (1, None));
        check(&words, words[2], 1400, (0, Some(words[2])));
    }

    #[test]
    fn a_number_behind_a_word_takes_room() {
        let mut all = items(&["工作台", "消息"], "");
        let row = |all: &[MenuItem]| OwnMenu::of(all.to_vec(), 850, "更多功能", false).row.len();
        assert_eq!(row(&all), 2);
        all[1].count = 3;
        assert_eq!(row(&all), 0);
    }
}
