//! Why a file is not taken.

use jianjia_standard::text::Lang;

use super::{LARGEST_PICTURE, MediaType};
use crate::core::refusal::Refuse;

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum EvidenceRefusal {
    Empty {
        name: String,
    },
    TooLarge {
        name: String,
        bytes: usize,
    },
    /// All files of a form together.
    TogetherTooLarge,
    TooMany {
        most: usize,
    },
    /// So many upload at the same time that there is no memory left for it.
    AllBusy,
    /// The ending says one thing, the content another.
    NotWhatItSays {
        name: String,
        said: MediaType,
        real: Option<MediaType>,
    },
    /// No kind of file that is taken.
    NotTaken {
        name: String,
    },
    /// Something else, where photos alone are taken.
    NotAPhoto {
        name: String,
    },
    /// An image that can't be read.
    Broken {
        name: String,
    },
    /// A file kept here that is no longer what was attached.
    Damaged {
        name: String,
    },
    /// An image that would take too much memory to look at.
    TooManyPixels {
        name: String,
        width: u32,
        height: u32,
    },
    /// Other images are being looked at, and this one waited as long as one waits.
    Busy {
        name: String,
    },
    NoFile,
    /// It is kept already, as a voucher of spending alone.
    IsVoucher {
        name: String,
    },
    /// Facts or activities still stand on it.
    InUse {
        name: String,
        uses: usize,
    },
}

/// The kinds that are taken, as people call them.
const TAKEN: &str = "照片（JPG、PNG）、PDF、Word（.docx）、Excel（.xlsx）和 PowerPoint（.pptx）";
const TAKEN_EN: &str = "photos (JPG, PNG), PDF, Word (.docx), Excel (.xlsx) and PowerPoint (.pptx)";

/// Megabytes as people count them, rounded up to a tenth, so that what is too large never seems to be within the limit.
fn megabytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(1024 * 1024);
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Refuse for EvidenceRefusal {
    fn key(&self) -> &'static str {
        match self {
            EvidenceRefusal::Empty { .. } => "evidence/empty",
            EvidenceRefusal::TooLarge { .. } => "evidence/too-large",
            EvidenceRefusal::TogetherTooLarge => "evidence/together-too-large",
            EvidenceRefusal::TooMany { .. } => "evidence/too-many",
            EvidenceRefusal::AllBusy => "evidence/all-busy",
            EvidenceRefusal::NotWhatItSays { .. } => "evidence/not-what-it-says",
            EvidenceRefusal::NotTaken { .. } => "evidence/not-taken",
            EvidenceRefusal::NotAPhoto { .. } => "evidence/not-a-photo",
            EvidenceRefusal::Broken { .. } => "evidence/broken",
            EvidenceRefusal::Damaged { .. } => "evidence/damaged",
            EvidenceRefusal::TooManyPixels { .. } => "evidence/too-many-pixels",
            EvidenceRefusal::Busy { .. } => "evidence/busy",
            EvidenceRefusal::NoFile => "evidence/no-file",
            EvidenceRefusal::InUse { .. } => "evidence/in-use",
            EvidenceRefusal::IsVoucher { .. } => "evidence/is-voucher",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => match self {
                EvidenceRefusal::IsVoucher { name } => format!(
                    "“{name}”已经是经费支出的凭证，在经费对账单里，没有另存为材料。要用它证明年度情况，请在那一项下面上传。"
                ),
                EvidenceRefusal::InUse { name, uses } => {
                    format!("“{name}”还有 {uses} 处在用，没有删除。请先从用到它的地方取下。")
                }
                EvidenceRefusal::Empty { name } => {
                    format!("“{name}”是空文件，没有上传。请重新选择。")
                }
                EvidenceRefusal::TooLarge { name, bytes } => {
                    format!(
                        "“{name}”有 {} MB，超过 20 MB，没有上传。照片请用较低的清晰度再拍一次，文件请拆成几份。",
                        megabytes(*bytes)
                    )
                }
                EvidenceRefusal::TogetherTooLarge => {
                    "这些文件一共超过 64 MB，都没有上传。请分几次，或者把照片改小再上传。".to_owned()
                }
                EvidenceRefusal::TooMany { most } => {
                    format!("一次最多 {most} 个文件，都没有上传。请分几次上传。")
                }
                EvidenceRefusal::AllBusy => {
                    "现在同时上传文件的人太多，文件没有收下。请过一分钟重新选择文件，再上传一次。".to_owned()
                }
                EvidenceRefusal::NotWhatItSays { name, said, real } => {
                    let real = real.map_or("不是我们认识的格式".to_owned(), |real| {
                        format!("其实是 {} 文件", real.word())
                    });
                    format!(
                        "“{name}”的名字说它是 {} 文件，内容{real}，没有上传。只改名字不会改变格式；请用原来的软件另存为{TAKEN}中的一种，再上传。",
                        said.word()
                    )
                }
                EvidenceRefusal::NotTaken { name } => format!(
                    "“{name}”不是可以上传的格式，没有上传。可以上传{TAKEN}；请用原来的软件另存为其中一种，再上传。"
                ),
                EvidenceRefusal::NotAPhoto { name } => format!(
                    "“{name}”不是 JPG 或 PNG 照片，没有上传；这里只收这两种。别的格式的图片请用看图软件另存为 JPG，文件、网页请拍照或者截图，再上传；只改名字不行。"
                ),
                EvidenceRefusal::Broken { name } => {
                    format!(
                        "“{name}”这张图片打不开，可能没有传完整，没有上传。请重新拍照或重新选择。"
                    )
                }
                EvidenceRefusal::Damaged { name } => format!(
                    "“{name}”存放的文件已损坏或丢失，不能打开：它已不是当初上传的内容。请把原来的文件重新上传一次，这里就会恢复；也请告诉系统管理员。"
                ),
                EvidenceRefusal::TooManyPixels {
                    name,
                    width,
                    height,
                } => format!(
                    "“{name}”这张图片太大（{width}×{height} 像素，最多 {} 万像素；16 位或带透明的更少），没有上传。请用看图软件把它缩小到一半以下，另存为 JPG 后再上传；手机拍照请关掉“高像素”模式。",
                    LARGEST_PICTURE / 10_000
                ),
                EvidenceRefusal::Busy { name } => format!(
                    "正在处理别人的图片，“{name}”等了一会儿还没有轮到，没有上传。请过一分钟再上传一次。"
                ),
                EvidenceRefusal::NoFile => {
                    "还没有选择文件。请先选择照片或文件，再上传。".to_owned()
                }
            },
            Lang::En => match self {
                EvidenceRefusal::IsVoucher { name } => format!(
                    "\"{name}\" is a voucher of spending already, and stands in the statement of the money; it was not kept as evidence besides. To use it for an answer of the year, upload it at that answer."
                ),
                EvidenceRefusal::InUse { name, uses } => {
                    format!(
                        "\"{name}\" is still used in {uses} places and was not removed. Detach it there first."
                    )
                }
                EvidenceRefusal::Empty { name } => {
                    format!("\"{name}\" is empty and was not uploaded. Please choose again.")
                }
                EvidenceRefusal::TooLarge { name, bytes } => {
                    format!(
                        "\"{name}\" has {} MB, more than 20 MB, and was not uploaded. Take the photo at a lower resolution, or split the file.",
                        megabytes(*bytes)
                    )
                }
                EvidenceRefusal::TogetherTooLarge => {
                    "These files have more than 64 MB together, and none was uploaded. Send them in several goes, or make the photos smaller.".to_owned()
                }
                EvidenceRefusal::TooMany { most } => {
                    format!("At most {most} files at a time; none was uploaded. Send them in several goes.")
                }
                EvidenceRefusal::AllBusy => {
                    "So many upload files just now that yours were not taken. Choose them again in a minute.".to_owned()
                }
                EvidenceRefusal::NotWhatItSays { name, said, real } => {
                    let real = real.map_or("is nothing we know".to_owned(), |real| {
                        format!("is really {}", real.word())
                    });
                    format!(
                        "\"{name}\" says it is {}, but its content {real}; it was not uploaded. Another name does not change the format: with the program it comes from, save it as one of {TAKEN_EN}, and upload that.",
                        said.word()
                    )
                }
                EvidenceRefusal::NotTaken { name } => format!(
                    "\"{name}\" is of a kind that can't be uploaded. What can be: {TAKEN_EN}. Save it as one of these with the program it comes from, and upload that."
                ),
                EvidenceRefusal::NotAPhoto { name } => format!(
                    "\"{name}\" is no JPG or PNG photo and was not uploaded; these two are taken here. Save an image of another format as JPG, take a photo or a screenshot of a document or a web page, and upload that; another name alone does not help."
                ),
                EvidenceRefusal::Broken { name } => {
                    format!(
                        "The image \"{name}\" can't be opened, perhaps it is incomplete; it was not uploaded. Take or choose it again."
                    )
                }
                EvidenceRefusal::Damaged { name } => format!(
                    "The file kept as \"{name}\" is damaged or missing and can't be opened: it is no longer what was uploaded. Upload the original again to repair it, and tell the administrator."
                ),
                EvidenceRefusal::TooManyPixels {
                    name,
                    width,
                    height,
                } => format!(
                    "The image \"{name}\" is too large ({width} × {height} pixels; the most is {} million, less with 16 bits or transparency) and was not uploaded. Make it half as wide and high or smaller and save it as JPG; on a phone, switch off the high-resolution mode.",
                    LARGEST_PICTURE / 1_000_000
                ),
                EvidenceRefusal::Busy { name } => format!(
                    "Other images are being processed, and the turn of \"{name}\" did not come in time; it was not uploaded. Upload it again in a minute."
                ),
                EvidenceRefusal::NoFile => {
                    "No file was chosen. Choose a photo or document first.".to_owned()
                }
            },
        }
    }
}
