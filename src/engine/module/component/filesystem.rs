//! Granted directories, as components see them: wasmtime's own implementation, with less: nothing is written, only
//! directories and ordinary files are opened (a pipe would block the host), directories are listed in order, and neither
//! times nor numbers of files show.

use std::collections::VecDeque;

use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView};
use wasmtime_wasi::p2::bindings::filesystem::{preopens, types};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use self::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Filesize, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, NewTimestamp, OpenFlags,
    PathFlags,
};
use super::World;
use crate::directories::Directories;

/// Entries of a directory that a component is shown; a larger one can't be listed.
const MAX_ENTRIES: usize = 1 << 16;

/// What is left to tell of a directory.
#[derive(Default)]
pub struct Listing {
    stream: Option<u32>,
    entries: VecDeque<DirectoryEntry>,
}

/// A context with these directories, and nothing else.
pub fn context(directories: &Directories) -> wasmtime::Result<WasiCtx> {
    let mut builder = WasiCtx::builder();
    builder.allow_blocking_current_thread(true);
    for (name, granted) in directories.iter() {
        builder.preopened_dir(&granted.path, format!("/{name}"), wasmtime_wasi::FsPerms::ReadOnly)?;
    }
    Ok(builder.build())
}

/// Puts the functions in the place of wasmtime's own.
pub fn add_to_linker(linker: &mut Linker<World>) -> wasmtime::Result<()> {
    types::add_to_linker::<World, Own>(linker, itself)?;
    preopens::add_to_linker::<World, Own>(linker, itself)
}

struct Own;

impl HasData for Own {
    type Data<'a> = &'a mut World;
}

fn itself(world: &mut World) -> &mut World {
    world
}

/// Whether what is there may be opened.
fn is_plain(kind: DescriptorType) -> bool {
    matches!(kind, DescriptorType::Directory | DescriptorType::RegularFile)
}

fn without_times(stat: DescriptorStat) -> DescriptorStat {
    DescriptorStat {
        type_: stat.type_,
        link_count: 1,
        size: if stat.type_ == DescriptorType::RegularFile {
            stat.size
        } else {
            0
        },
        data_access_timestamp: None,
        data_modification_timestamp: None,
        status_change_timestamp: None,
    }
}

fn hash(stat: &DescriptorStat) -> MetadataHashValue {
    MetadataHashValue {
        lower: stat.size,
        upper: u64::from(stat.type_ == DescriptorType::Directory),
    }
}

fn again<T: 'static>(resource: &Resource<T>) -> Resource<T> {
    Resource::new_borrow(resource.rep())
}

impl World {
    /// Wasmtime's own implementation, after a look at the clock.
    fn files(&mut self) -> FsResult<WasiFilesystemCtxView<'_>> {
        self.check_time().map_err(FsError::trap)?;
        Ok(self.filesystem())
    }
}

impl preopens::Host for World {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Descriptor>, String)>> {
        self.check_time()?;
        preopens::Host::get_directories(&mut self.filesystem())
    }
}

impl types::Host for World {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }

    fn filesystem_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        types::Host::filesystem_error_code(&mut self.filesystem(), error)
    }
}

impl HostDescriptor for World {
    async fn advise(&mut self, fd: Resource<Descriptor>, from: u64, length: u64, advice: Advice) -> FsResult<()> {
        HostDescriptor::advise(&mut self.files()?, fd, from, length, advice).await
    }

    async fn sync_data(&mut self, _fd: Resource<Descriptor>) -> FsResult<()> {
        Ok(())
    }

    async fn get_flags(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorFlags> {
        HostDescriptor::get_flags(&mut self.files()?, fd).await
    }

    async fn get_type(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorType> {
        HostDescriptor::get_type(&mut self.files()?, fd).await
    }

    async fn set_size(&mut self, _fd: Resource<Descriptor>, _size: Filesize) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn set_times(&mut self, _fd: Resource<Descriptor>, _: NewTimestamp, _: NewTimestamp) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn read(&mut self, fd: Resource<Descriptor>, length: Filesize, from: Filesize) -> FsResult<(Vec<u8>, bool)> {
        HostDescriptor::read(&mut self.files()?, fd, length, from).await
    }

    async fn write(&mut self, _fd: Resource<Descriptor>, _bytes: Vec<u8>, _to: Filesize) -> FsResult<Filesize> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn read_directory(&mut self, fd: Resource<Descriptor>) -> FsResult<Resource<DirectoryEntryStream>> {
        let mut files = self.files()?;
        let stream = HostDescriptor::read_directory(&mut files, fd).await?;
        let mut entries = Vec::new();
        while let Some(entry) = files.read_directory_entry(again(&stream)).await.transpose() {
            // An entry that can't be looked at, or whose name is not UTF-8, can't be opened either.
            entries.extend(entry);
            if entries.len() > MAX_ENTRIES {
                return Err(ErrorCode::Overflow.into());
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        self.listing = Listing {
            stream: Some(stream.rep()),
            entries: entries.into(),
        };
        Ok(stream)
    }

    async fn sync(&mut self, _fd: Resource<Descriptor>) -> FsResult<()> {
        Ok(())
    }

    async fn create_directory_at(&mut self, _fd: Resource<Descriptor>, _path: String) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn stat(&mut self, fd: Resource<Descriptor>) -> FsResult<DescriptorStat> {
        Ok(without_times(HostDescriptor::stat(&mut self.files()?, fd).await?))
    }

    async fn stat_at(&mut self, fd: Resource<Descriptor>, flags: PathFlags, path: String) -> FsResult<DescriptorStat> {
        let stat = HostDescriptor::stat_at(&mut self.files()?, fd, flags, path).await?;
        Ok(without_times(stat))
    }

    async fn set_times_at(
        &mut self,
        _fd: Resource<Descriptor>,
        _flags: PathFlags,
        _path: String,
        _: NewTimestamp,
        _: NewTimestamp,
    ) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn link_at(
        &mut self,
        _fd: Resource<Descriptor>,
        _flags: PathFlags,
        _path: String,
        _to: Resource<Descriptor>,
        _to_path: String,
    ) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn open_at(
        &mut self,
        fd: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        if open_flags.intersects(OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE)
            || flags.intersects(DescriptorFlags::WRITE | DescriptorFlags::MUTATE_DIRECTORY)
        {
            return Err(ErrorCode::ReadOnly.into());
        }
        let mut files = self.files()?;
        let stat = HostDescriptor::stat_at(&mut files, again(&fd), path_flags, path.clone()).await?;
        match stat.type_ {
            DescriptorType::SymbolicLink => return Err(ErrorCode::Loop.into()),
            kind if !is_plain(kind) => return Err(ErrorCode::Access.into()),
            _ => {}
        }
        HostDescriptor::open_at(&mut files, fd, path_flags, path, open_flags, flags).await
    }

    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.filesystem(), fd)
    }

    async fn readlink_at(&mut self, _fd: Resource<Descriptor>, _path: String) -> FsResult<String> {
        // Where links lead is not told, because it may be outside.
        Err(ErrorCode::Invalid.into())
    }

    async fn remove_directory_at(&mut self, _fd: Resource<Descriptor>, _path: String) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn rename_at(
        &mut self,
        _fd: Resource<Descriptor>,
        _path: String,
        _to: Resource<Descriptor>,
        _to_path: String,
    ) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn symlink_at(&mut self, _fd: Resource<Descriptor>, _path: String, _to_path: String) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn unlink_file_at(&mut self, _fd: Resource<Descriptor>, _path: String) -> FsResult<()> {
        Err(ErrorCode::ReadOnly.into())
    }

    fn read_via_stream(&mut self, fd: Resource<Descriptor>, from: Filesize) -> FsResult<Resource<DynInputStream>> {
        HostDescriptor::read_via_stream(&mut self.files()?, fd, from)
    }

    fn write_via_stream(&mut self, _fd: Resource<Descriptor>, _to: Filesize) -> FsResult<Resource<DynOutputStream>> {
        Err(ErrorCode::ReadOnly.into())
    }

    fn append_via_stream(&mut self, _fd: Resource<Descriptor>) -> FsResult<Resource<DynOutputStream>> {
        Err(ErrorCode::ReadOnly.into())
    }

    async fn is_same_object(&mut self, a: Resource<Descriptor>, b: Resource<Descriptor>) -> wasmtime::Result<bool> {
        self.check_time()?;
        HostDescriptor::is_same_object(&mut self.filesystem(), a, b).await
    }

    async fn metadata_hash(&mut self, fd: Resource<Descriptor>) -> FsResult<MetadataHashValue> {
        Ok(hash(&HostDescriptor::stat(self, fd).await?))
    }

    async fn metadata_hash_at(
        &mut self,
        fd: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        Ok(hash(&HostDescriptor::stat_at(self, fd, flags, path).await?))
    }
}

impl HostDirectoryEntryStream for World {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        self.check_time().map_err(FsError::trap)?;
        if self.listing.stream != Some(stream.rep()) {
            // Only the directory that was read last is remembered.
            return Err(ErrorCode::Busy.into());
        }
        Ok(self.listing.entries.pop_front())
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        HostDirectoryEntryStream::drop(&mut self.filesystem(), stream)
    }
}
