"""The warp's per-frame work as a torch module, for export only. The formulas are those of pipeline/animate/warp."""
