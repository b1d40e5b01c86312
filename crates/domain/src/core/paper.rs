//! Papers that are set from a template: why there is none.

use jianjia_standard::Lang;

use crate::core::refusal::Refuse;

/// What keeps a paper from being made. Its data is well: what is missing is at the machine, or in the city's own templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaperRefusal {
    /// No font of those that the layouts name is on the machine.
    NoFonts,
    /// A template, the layouts or a font has a mistake; where and which, in English, as whoever wrote it reads it.
    Faulty(String),
    /// Characters that no font at hand has.
    NoCharacters(Vec<char>),
    /// Too many papers are being set.
    Busy,
    /// More values than are set as PDF at once.
    TooLong { values: usize, most: usize },
}

impl Refuse for PaperRefusal {
    fn key(&self) -> &'static str {
        match self {
            PaperRefusal::NoFonts => "paper/no-fonts",
            PaperRefusal::Faulty(_) => "paper/faulty",
            PaperRefusal::NoCharacters(_) => "paper/no-characters",
            PaperRefusal::Busy => "paper/busy",
            PaperRefusal::TooLong { .. } => "paper/too-long",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PaperRefusal::NoFonts, Lang::Zh) => {
                "文书没有做成：服务器上没有排版用的中文字体。请管理员安装字体（Debian 上是 fonts-noto-cjk），或者在设置 fonts 里写明字体文件夹；jianjia doctor 会说缺哪些。"
                    .to_owned()
            }
            (PaperRefusal::NoFonts, Lang::En) => {
                "The paper was not made: the server has no Chinese fonts to set it with. Have an administrator install some (fonts-noto-cjk on Debian), or name a folder of fonts in the setting fonts; jianjia doctor says which are missing."
                    .to_owned()
            }
            (PaperRefusal::Faulty(what), Lang::Zh) => format!(
                "文书没有做成：模板有错（{what}）。请管理员改好本市的模板；jianjia doctor 会逐个检查。"
            ),
            (PaperRefusal::Faulty(what), Lang::En) => format!(
                "The paper was not made: its template has a mistake ({what}). Have an administrator correct the city's templates; jianjia doctor checks each."
            ),
            (PaperRefusal::NoCharacters(characters), Lang::Zh) => format!(
                "文书没有做成：服务器上的字体里没有“{}”，印出来会是空框。请管理员安装有这些字的字体（Debian 上是 fonts-noto-cjk-extra，或者本市自己的字库）。",
                listed(characters)
            ),
            (PaperRefusal::NoCharacters(characters), Lang::En) => format!(
                "The paper was not made: no font of the server has {}, which would be boxes in print. Have an administrator install one that has them (fonts-noto-cjk-extra on Debian, or the city's own).",
                listed(characters)
            ),
            (PaperRefusal::TooLong { values, most }, Lang::Zh) => format!(
                "PDF 没有做成：这份文书的表格有 {values} 个数据，一次最多排 {most} 个。请下载 Word 文件，它没有这个限制，再从 Word 打印；或者按下级单位分开做。"
            ),
            (PaperRefusal::TooLong { values, most }, Lang::En) => format!(
                "The PDF was not made: the paper has {values} values in its tables, and at most {most} are set at once. Download the Word file, which has no such limit, and print that; or make one for each unit below."
            ),
            (PaperRefusal::Busy, Lang::Zh) => {
                "文书没有做成：正在排版的文书太多。请过一会儿再下载。".to_owned()
            }
            (PaperRefusal::Busy, Lang::En) => {
                "The paper was not made: too many are being set. Download it again in a while."
                    .to_owned()
            }
        }
    }

    fn can_be_corrected(&self) -> bool {
        false
    }
}

fn listed(characters: &[char]) -> String {
    let characters: Vec<String> = characters.iter().map(char::to_string).collect();
    characters.join(" ")
}
