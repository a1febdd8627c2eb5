"""Prints what TensorBoard's own readers find in the event files below a folder, as JSON."""

import json
import os
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import metadata


def plain(value):
    """The value of a google.protobuf.Value."""
    return getattr(value, value.WhichOneof("kind"))


def hparams_of(accumulator):
    found = {}
    for tag in accumulator.PluginTagToContent(metadata.PLUGIN_NAME) if metadata.PLUGIN_NAME in accumulator.summary_metadata_plugins else []:
        content = accumulator.SummaryMetadata(tag).plugin_data.content
        if tag == metadata.SESSION_START_INFO_TAG:
            info = metadata.parse_session_start_info_plugin_data(content)
            found.update({name: plain(value) for name, value in info.hparams.items()}, group=info.group_name)
        elif tag == metadata.SESSION_END_INFO_TAG:
            found["status"] = metadata.parse_session_end_info_plugin_data(content).status
        elif tag == metadata.EXPERIMENT_TAG:
            experiment = metadata.parse_experiment_plugin_data(content)
            found["metrics"] = [info.name.tag for info in experiment.metric_infos]
            for info in experiment.hparam_infos:
                found[info.name] = [plain(value) for value in info.domain_discrete.values]
    return found


def read(folder):
    accumulator = event_accumulator.EventAccumulator(folder, size_guidance={key: 0 for key in event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE})
    accumulator.Reload()
    tags = accumulator.Tags()
    accumulator.summary_metadata_plugins = {
        accumulator.SummaryMetadata(tag).plugin_data.plugin_name for tag in accumulator.summary_metadata
    }
    return {
        "scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in tags["scalars"]},
        "histograms": {
            tag: [[e.step, list(e.histogram_value.bucket)] for e in accumulator.Histograms(tag)] for tag in tags["histograms"]
        },
        "texts": {
            tag: accumulator.Tensors(tag)[0].tensor_proto.string_val[0].decode()
            for tag in tags["tensors"]
            if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "text"
        },
        "hparams": hparams_of(accumulator),
    }


root = sys.argv[1]
folders = [folder for folder, _, files in os.walk(root) if any("tfevents" in name for name in files)]
print(json.dumps({os.path.relpath(folder, root): read(folder) for folder in folders}))
